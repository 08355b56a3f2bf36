import { appendFileSync, closeSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onCleanup } from '../../test/support/cleanup.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { capFile, gapNotice, type PunchHole, readCapped } from './cap-file.ts';

const maxBytes = 1024 * 1024;
const filler = (bytes: number) => 'x'.repeat(bytes);

async function outputFile(content = ''): Promise<string> {
  const path = join(await temporaryDir(), 'output');
  writeFileSync(path, content);
  return path;
}

/** All that a follower gets who begins at `from`, with the filler as `<its length>`. */
function readFrom(path: string, from = 0): string {
  const fd = openSync(path, 'r');
  const buffer = Buffer.alloc(300_000);
  try {
    let text = '';
    for (let position = from; ; ) {
      const piece = readCapped(fd, { position, buffer, maxBytes });
      if (piece.bytesRead === 0) return text.replace(/x+/g, ({ length }) => `<${length}>`);
      text += (piece.notice ?? '') + buffer.toString('utf8', 0, piece.bytesRead);
      position = piece.position;
    }
  } finally {
    closeSync(fd);
  }
}

function capped(path: string, punchHole?: PunchHole): ReturnType<typeof capFile> {
  const cap = capFile(path, maxBytes, punchHole);
  onCleanup(() => cap.stop());
  return cap;
}

const isCut = (path: string) => () => readFrom(path).includes('left out');
const bytesOnDisk = (path: string) => statSync(path).blocks * 512;
const unable: PunchHole = async () => false;
const half = maxBytes / 2;

describe('capFile', () => {
  it.each([
    ['whole', half, undefined],
    ['a little', maxBytes / 4, unable],
  ])('keeps the first half and %s of the last half', async (_, kept, punchHole) => {
    const path = await outputFile(`first\n${filler(5 * maxBytes)}\nlast\n`);
    expect(await capped(path, punchHole).finish()).toBe(true);
    const lost = 'first\n\nlast\n'.length + 5 * maxBytes - half - kept;
    expect(readFrom(path)).toBe(
      `first\n<${half - 6}>\n[... ${lost} bytes of output left out ...]\n<${kept - 6}>\nlast\n`,
    );
    expect(bytesOnDisk(path)).toBeLessThan(maxBytes + 20_000);
  });

  it('leaves a file alone that is not longer', async () => {
    const path = await outputFile(filler(maxBytes));
    expect(await capped(path).finish()).toBe(false);
    expect(readFrom(path)).toBe(`<${maxBytes}>`);
  });

  it('loses nothing that is appended while the file is cut', async () => {
    const path = await outputFile(filler(3 * maxBytes));
    let holes = 0;
    const cap = capped(path, async () => {
      if (holes === 0) await appendFile(path, 'meanwhile\n');
      holes += 1;
      return true;
    });
    await waitFor('the cut', () => holes > 0);
    appendFileSync(path, 'later\n');
    await cap.finish();
    expect(readFrom(path)).toBe(
      `<${half}>\n[... ${2 * maxBytes + 16} bytes of output left out ...]\n<${half - 16}>meanwhile\nlater\n`,
    );
  });

  it('says where something may be missing when it had to cut the end off', async () => {
    const path = await outputFile(filler(3 * maxBytes));
    const cap = capped(path, unable);
    await waitFor('the cut', isCut(path));
    appendFileSync(path, 'later\n');
    await cap.finish();
    expect(readFrom(path)).toBe(
      `<${half}>\n[... ${2.25 * maxBytes} bytes of output left out ...]\n<${maxBytes / 4}>\n${gapNotice}\nlater\n`,
    );
  });

  it('goes on with a file that was cut before', async () => {
    const path = await outputFile(filler(3 * maxBytes));
    await capped(path).finish();
    appendFileSync(path, 'later\n');
    const before = readFrom(path);
    const cap = capped(path);
    appendFileSync(path, filler(100));
    expect(await cap.finish()).toBe(true);
    expect(before).toContain(`[... ${2 * maxBytes} bytes of output left out ...]`);
    expect(readFrom(path)).toContain(`[... ${2 * maxBytes + 106} bytes of output left out ...]`);
  });
});

describe('readCapped', () => {
  it('tells a reader how much was cut from under it', async () => {
    const path = await outputFile(filler(5 * maxBytes));
    await capped(path).finish();
    const [at, resumes] = [2 * maxBytes, 4.5 * maxBytes];
    expect(readFrom(path, at)).toBe(`\n[... ${resumes - at} bytes of output left out ...]\n<${half}>`);
    expect(readFrom(path, resumes)).toBe(`<${half}>`);
  });

  it('reads nothing behind the end', async () => {
    const fd = openSync(await outputFile('abc'), 'r');
    const buffer = Buffer.alloc(10);
    expect(readCapped(fd, { position: 3, buffer, maxBytes })).toEqual({ bytesRead: 0, position: 3, notice: null });
    expect(readSync(fd, buffer, 0, 10, 10)).toBe(0);
    closeSync(fd);
  });
});
