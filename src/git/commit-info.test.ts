import { rm } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { commitFiles, git } from '../../test/support/git.ts';
import { type MirroredRepo, mirroredRepo } from '../../test/support/mirror.ts';
import { createCommitReader } from './commit-info.ts';

let repo: MirroredRepo;
let second: string;

beforeAll(async () => {
  repo = await mirroredRepo({ 'main.tf': '' });
  await commitFiles(repo.source, { 'main.tf': 'x' });
  await git(
    repo.source,
    ...['commit', '--quiet', '--amend', '--author', 'Bö Builder <bo@example.com>'],
    ...['--date', '2016-08-11T09:36:01+02:00', '--message', 'Change the network\n\nIn detail:\n\n* one'],
  );
  second = await git(repo.source, 'rev-parse', 'HEAD');
  await repo.fetch();
});

const first = {
  parents: [],
  message: 'First\n',
  author: { name: 'Ada Author', email: 'ada@example.com', date: '2024-01-02T03:04:05+00:00' },
  committer: { name: 'Ada Author', email: 'ada@example.com', date: '2024-01-02T03:04:05+00:00' },
};

/** Git writes UTC as `Z` from 2.42 on, and as `+00:00` before. */
function withOffsets(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/(T\d\d:\d\d:\d\d)Z/g, '$1+00:00'));
}

describe('createCommitReader', () => {
  it('tells parents, message, people and dates with their offset', async () => {
    const commits = await createCommitReader(repo.deps).read(repo.repoId, [second, repo.first]);
    expect(withOffsets([...commits.values()])).toEqual([
      {
        sha: second,
        parents: [repo.first],
        message: 'Change the network\n\nIn detail:\n\n* one\n',
        author: { name: 'Bö Builder', email: 'bo@example.com', date: '2016-08-11T09:36:01+02:00' },
        committer: first.committer,
      },
      { sha: repo.first, ...first },
    ]);
  });

  it('leaves out what is no commit of the mirror', async () => {
    const tree = await git(repo.source, 'rev-parse', `${second}^{tree}`);
    const blob = await git(repo.source, 'rev-parse', `${second}:main.tf`);
    const asked = [tree, blob, 'f'.repeat(40), 'main', '--all', '', repo.first];
    const commits = await createCommitReader(repo.deps).read(repo.repoId, asked);
    expect([...commits.keys()]).toEqual([repo.first]);
  });

  it('knows nothing of a repo that was never fetched', async () => {
    expect(await createCommitReader(repo.deps).read(99, [repo.first])).toEqual(new Map());
  });

  it('remembers commits, and forgets those that were asked for longest ago', async () => {
    const other = await mirroredRepo({ 'main.tf': '' });
    const next = await commitFiles(other.source, { 'main.tf': 'y' });
    await other.fetch();
    const reader = createCommitReader(other.deps, 1);
    await reader.read(1, [other.first]);
    await reader.read(1, [next]);
    // A mirror that is gone tells what was remembered.
    await rm(`${other.deps.dataDir}/repos/1`, { recursive: true });
    expect([...(await reader.read(1, [other.first, next])).keys()]).toEqual([next]);
  });
});
