import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { commitFiles } from '../../test/support/git.ts';
import { type MirroredRepo, mirroredRepo } from '../../test/support/mirror.ts';
import { filesWithWords } from './files-with-words.ts';

let repo: MirroredRepo;
let sha: string;
const both = 'one\nand two\n';

beforeAll(async () => {
  const odd = { 'b/ä "odd" *.tf': both, '-e': both, ':!a.tf': both };
  repo = await mirroredRepo({ 'a.tf': both, 'b/one.tf': 'one', 'b/two.tf': 'two', 'binary.tf': `\0${both}`, ...odd });
  await symlink('one two', join(repo.source, 'link.tf'));
  sha = await commitFiles(repo.source, {});
  await repo.fetch();
});

const find = (paths: readonly string[], words = ['one', 'two']) =>
  filesWithWords(repo.deps, { repoId: 1, sha }, { words, paths });

describe('filesWithWords', () => {
  it('names the files that have all the words, of those that are asked about', async () => {
    expect(await find(['a.tf', 'b/one.tf', 'b/two.tf'])).toEqual(['a.tf']);
    expect(await find(['b/one.tf', 'b/two.tf'])).toEqual([]);
    expect(await find(['b/one.tf'], ['one'])).toEqual(['b/one.tf']);
    expect(await find(['a.tf'], ['t.o'])).toEqual([]);
  });

  it('takes each path as it is written', async () => {
    expect(await find(['b/ä "odd" *.tf', '-e', ':!a.tf', '*'])).toEqual(['-e', ':!a.tf', 'b/ä "odd" *.tf']);
  });

  it('looks into files that are no text, and not at links or at what is not there', async () => {
    expect(await find(['binary.tf', 'link.tf', 'nope.tf'])).toEqual(['binary.tf']);
  });

  it('finds nothing where nothing is asked about, and leaves it to others when it is too much', async () => {
    expect(await find([])).toEqual([]);
    expect(await find(Array.from({ length: 201 }, (_, i) => `${i}.tf`))).toBeUndefined();
  });
});
