import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { commitFiles } from '../../test/support/git.ts';
import { type MirroredRepo, mirroredRepo } from '../../test/support/mirror.ts';
import { readFiles } from './read-files.ts';

let repo: MirroredRepo;
let sha: string;

beforeAll(async () => {
  repo = await mirroredRepo({ 'a.tf': 'a', 'b/ä "odd" *.tf': 'ü\n\n', 'empty.tf': '', 'line\nbreak.tf': 'x' });
  await symlink('b', join(repo.source, 'link'));
  await writeFile(join(repo.source, 'binary'), Buffer.from([0xff, 0x00, 0xfe, 0x0a, 0xc3]));
  await writeFile(join(repo.source, 'large.tf'), 'x'.repeat(1024 * 1024 + 1));
  sha = await commitFiles(repo.source, {});
  await repo.fetch();
});

async function read(paths: readonly string[]): Promise<[path: string, text: string][]> {
  const files: [string, string][] = [];
  for await (const { path, text } of readFiles(repo.deps, { repoId: 1, sha }, paths)) files.push([path, text]);
  return files;
}

describe('readFiles', () => {
  it('reads files in the order in which they are asked for', async () => {
    expect(await read(['empty.tf', 'b/ä "odd" *.tf', 'line\nbreak.tf', 'a.tf', 'empty.tf'])).toEqual([
      ['empty.tf', ''],
      ['b/ä "odd" *.tf', 'ü\n\n'],
      ['line\nbreak.tf', 'x'],
      ['a.tf', 'a'],
      ['empty.tf', ''],
    ]);
  });

  it('keeps files apart that are no text', async () => {
    expect(await read(['binary', 'a.tf'])).toEqual([
      ['binary', '\ufffd\0\ufffd\n\ufffd'],
      ['a.tf', 'a'],
    ]);
  });

  it('leaves out folders, links, large files and what is not there', async () => {
    expect(await read(['b', 'link', 'nope.tf', 'large.tf', 'a.tf'])).toEqual([['a.tf', 'a']]);
  });

  it('reads nothing for no paths', async () => {
    expect(await read([])).toEqual([]);
  });

  it('reads more than fits into memory at once', async () => {
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`big/${i}.tf`, `${i} `.repeat(30_000)]));
    sha = await commitFiles(repo.source, many);
    await repo.fetch();
    expect(Object.fromEntries(await read(Object.keys(many)))).toEqual(many);
  });

  it('says which commit is not there', async () => {
    const gone = '1'.repeat(40);
    const reading = readFiles(repo.deps, { repoId: 1, sha: gone }, ['a.tf']).next();
    await expect(reading).rejects.toMatchObject({ code: 'git_failed' });
    await expect(reading).rejects.toThrow(`finding files of commit ${gone}: `);
  });
});
