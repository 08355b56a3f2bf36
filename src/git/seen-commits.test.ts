import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../test/support/temp.ts';
import { createSeenCommits } from './seen-commits.ts';

async function mirrors(): Promise<[string, string]> {
  const dir = await temporaryDir();
  const paths: [string, string] = [join(dir, 'one'), join(dir, 'other')];
  for (const path of paths) await mkdir(path);
  return paths;
}

describe('createSeenCommits', () => {
  it('knows what was noted of that mirror, until it is forgotten', async () => {
    const [one, other] = await mirrors();
    const seen = createSeenCommits();
    for (const mirror of [one, other]) seen.note(mirror, 'a');
    expect([seen.has(one, 'a'), seen.has(one, 'b')]).toEqual([true, false]);
    seen.forget(one);
    expect([seen.has(one, 'a'), seen.has(other, 'a')]).toEqual([false, true]);
  });

  it('knows nothing of a mirror that is gone', async () => {
    const [one] = await mirrors();
    const seen = createSeenCommits();
    seen.note(one, 'a');
    await rm(one, { recursive: true });
    expect(seen.has(one, 'a')).toBe(false);
  });

  it('lets the oldest go when there are very many', async () => {
    const [one] = await mirrors();
    const seen = createSeenCommits();
    for (let index = 0; index <= 1_000; index += 1) seen.note(one, `c${index}`);
    expect([seen.has(one, 'c0'), seen.has(one, 'c1'), seen.has(one, 'c1000')]).toEqual([false, true, true]);
  });
});
