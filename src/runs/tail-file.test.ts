import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../test/support/gate.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { runProcess } from '../exec/index.ts';
import { tailFile } from './tail-file.ts';

const maxBytes = 1024 * 1024;

async function outputFile(): Promise<string> {
  return join(await temporaryDir(), 'output');
}

describe('tailFile', () => {
  it('hands on what is appended, and what came right before the end', async () => {
    const path = await outputFile();
    const { opened, open } = createGate();
    const pieces: string[] = [];
    const tailing = tailFile(path, { maxBytes, ended: opened }, async (text) => void pieces.push(text));
    await writeFile(path, 'first\n');
    await waitFor('the first piece', () => pieces.length === 1);
    await appendFile(path, 'second\nlast');
    open();
    await tailing;
    expect(pieces.join('')).toBe('first\nsecond\nlast');
  });

  it('begins where it is told to', async () => {
    const path = await outputFile();
    await writeFile(path, 'old\nnew\n');
    const pieces: string[] = [];
    await tailFile(path, { from: 4, maxBytes, ended: Promise.resolve() }, async (text) => void pieces.push(text));
    expect(pieces).toEqual(['new\n']);
  });

  it('does not break characters', async () => {
    const path = await outputFile();
    const text = 'ü'.repeat(100_000);
    await writeFile(path, `x${text}`);
    const pieces: string[] = [];
    await tailFile(path, { maxBytes, ended: Promise.resolve() }, async (piece) => void pieces.push(piece));
    expect(pieces.join('')).toBe(`x${text}`);
  });

  it('ends although the process could not be started', async () => {
    const path = await outputFile();
    const ended = Promise.reject(new Error('no'));
    await tailFile(path, { maxBytes, ended }, () => expect.fail());
    await expect(ended).rejects.toThrow('no');
  });

  it.each([
    ['one that keeps up', false],
    ['one that is slow', true],
  ])('gives %s all but what it says is missing', async (_, isSlow) => {
    const path = await outputFile();
    const limit = 256 * 1024;
    const script = 'for i in 0 1 2 3 4 5 6 7; do seq $((i * 50000 + 1)) $(((i + 1) * 50000)); sleep 0.1; done';
    const ended = runProcess({
      file: 'sh',
      args: ['-c', script],
      cwd: '/',
      env: { PATH: process.env.PATH ?? '' },
      output: { kind: 'file', path, maxBytes: limit },
      killAfterMs: 1000,
    });
    let text = '';
    await tailFile(path, { maxBytes: limit, ended }, async (piece) => {
      text += piece;
      if (isSlow) await ended;
    });
    const written = Array.from({ length: 400_000 }, (__, index) => `${index + 1}\n`).join('');
    if (isSlow) expect(text).toContain('bytes of output left out');
    expect(text === withCutsOf(text, written)).toBe(true);
  });
});

/** What a reader of `written` gets whose text tells of the same cuts. */
function withCutsOf(text: string, written: string): string {
  const [first = '', ...others] = text.split(/(?=\n\[\.\.\. \d+ bytes of output left out \.\.\.\]\n)/);
  let position = first.length;
  let expected = written.slice(0, position);
  for (const part of others) {
    const [notice = '', lost] = /^\n\[\.\.\. (\d+) .*\n/.exec(part) ?? [];
    position += Number(lost);
    expected += notice + written.slice(position, position + part.length - notice.length);
    position += part.length - notice.length;
  }
  return position === written.length ? expected : '';
}
