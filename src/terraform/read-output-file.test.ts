import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOutputFile } from './read-output-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'polder-output-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

async function read(content: string | Buffer, maxBytes: number) {
  const path = join(folder, 'output');
  await writeFile(path, content);
  return readOutputFile(path, maxBytes);
}

describe('readOutputFile', () => {
  it('gives a short file as it is', async () => {
    expect(await read('one\ntwo ünï', 100)).toEqual({ text: 'one\ntwo ünï', truncated: false });
  });

  it('is empty where there is no file', async () => {
    expect(readOutputFile(join(folder, 'none'), 10)).toEqual({ text: '', truncated: false });
  });

  it('keeps whole lines of the two ends of a long file', async () => {
    const content = `first\n${'x'.repeat(100)}\n${'y'.repeat(100)}\nlast\n`;
    const text = `first\n[... ${content.length - 10} bytes of output left out ...]\nlast\n`;
    expect(await read(content, 60)).toEqual({ text, truncated: true });
  });

  it('cuts a line that is too long itself', async () => {
    const { text } = await read('z'.repeat(50_000), 20_000);
    expect(text).toBe(`${'z'.repeat(10_000)}\n[... 30000 bytes of output left out ...]\n${'z'.repeat(10_000)}`);
  });

  it('drops NUL and replaces what is not UTF-8', async () => {
    expect(await read(Buffer.from([0x61, 0, 0xff, 0x62]), 100)).toEqual({ text: 'a\uFFFDb', truncated: false });
  });

  it('passes over the hole of a file that was cut, and counts it', async () => {
    const hole = '\n[... 20000 bytes of output left out ...]\n'.padEnd(20_000, '\0');
    const content = `${'a'.repeat(1_000)}${hole}${'z'.repeat(1_000)}`;
    const text = `${'a'.repeat(1_000)}\n[... 20000 bytes of output left out ...]\n${'z'.repeat(1_000)}`;
    expect((await read(content, 10_000)).text).toBe(text);
    expect((await read(content, 30_000)).text).toBe(text);
  });

  it('reads of a gigabyte no more than it gives', async () => {
    const path = join(folder, 'huge');
    await writeFile(path, 'start\n');
    await truncate(path, 1_000_000_000);
    const before = process.memoryUsage().arrayBuffers;
    const { text, truncated } = readOutputFile(path, 1_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
    expect(truncated).toBe(true);
    expect(text).toMatch(/^start\n\n\[\.\.\. \d+ bytes of output left out \.\.\.\]\n$/);
  });
});
