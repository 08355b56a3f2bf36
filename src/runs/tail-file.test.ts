import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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
    ['a fast reader', 0],
    ['a slow reader', 5],
  ])('tells %s what was cut, and repeats nothing', async (_, pauseMs) => {
    const path = await outputFile();
    const limit = 256 * 1024;
    const count = 2_000_000;
    // Long enough to be cut while it is written, too.
    const script = 'for i in 0 1 2 3 4 5 6 7; do seq $((i * 250000 + 1)) $(((i + 1) * 250000)); sleep 0.1; done';
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
      if (pauseMs > 0) await delay(pauseMs);
    });
    const lines = text.split('\n');
    const numbers = lines.filter((line) => /^\d+$/.test(line)).map(Number);
    expect(numbers.slice(0, 3)).toEqual([1, 2, 3]);
    expect(lines.slice(-2)).toEqual([String(count), '']);
    expect(lines.some((line) => /^\[\.\.\. \d+ bytes of output left out \.\.\.\]$/.test(line))).toBe(true);
    // A line that was cut in two may look like a smaller number.
    const back = numbers.filter((number, index) => number <= (numbers[index - 1] ?? 0));
    const cuts = lines.filter((line) => line.startsWith('[...')).length;
    expect(back.length).toBeLessThanOrEqual(2 * cuts);
    expect(numbers.length).toBeLessThan(count);
  });
});
