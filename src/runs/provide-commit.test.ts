import { describe, expect, it } from 'vitest';
import { commitFiles, git, makeBranch } from '../../test/support/git.ts';
import { openRunWorld } from '../../test/support/run-world.ts';
import { fetchMirror, hasCommit, mergeCommit } from '../git/index.ts';
import { repoSource } from '../repos/index.ts';
import { provideCommit } from './provide-commit.ts';
import type { Run } from './types.ts';

const headRef = 'refs/pull/7/head';

/** A server that knows nothing of its repository yet, which has a pull request. The same commits at every call. */
async function newServer() {
  const { deps, repo, source } = await openRunWorld({ files: { 'main.tf': '' } });
  await makeBranch(source, 'topic');
  const headSha = await commitFiles(source, { 'topic.tf': '' });
  await git(source, 'update-ref', headRef, headSha);
  await git(source, 'switch', '--quiet', 'main');
  const base = await commitFiles(source, { 'base.tf': '' });
  // The branch is that of a fork: here there is only the host's ref.
  await git(source, 'branch', '--quiet', '-D', 'topic');
  const scopeOf = (commitSha: string, mergedInto: string | null = null) => {
    const pull = { number: 7, url: '', headSha, headBranch: 'topic', headRef, baseBranch: 'main', mergedInto };
    return { run: { commitSha, pull } as Run, repo };
  };
  const isThere = (sha: string) => hasCommit(deps.git, repo.id, sha);
  return { deps, repo, headSha, base, scopeOf, isThere };
}

describe('provideCommit', () => {
  it('fetches the head of a pull request', async () => {
    const { deps, headSha, scopeOf, isThere } = await newServer();
    expect(await isThere(headSha)).toBe(false);
    await provideCommit(deps, scopeOf(headSha));
    expect(await isThere(headSha)).toBe(true);
  });

  it('makes the merge of another server anew', async () => {
    const one = await newServer();
    const { id, fullName } = one.repo;
    await fetchMirror(
      one.deps.git,
      { id, fullName, source: await repoSource(one.deps, one.repo) },
      { pullRefs: [headRef] },
    );
    const { base, headSha } = one;
    const merged = await mergeCommit(one.deps.git, id, { base, head: headSha, pullRef: headRef });
    const other = await newServer();
    expect(other.headSha).toBe(headSha);
    await provideCommit(other.deps, other.scopeOf(merged.kind === 'merged' ? merged.sha : '', base));
    expect(await other.isThere(merged.kind === 'merged' ? merged.sha : '')).toBe(true);
  });

  it('says so when nobody has it any more', async () => {
    const { deps, scopeOf } = await newServer();
    const gone = 'a'.repeat(40);
    await expect(provideCommit(deps, scopeOf(gone))).rejects.toMatchObject({
      code: 'commit_gone',
      message: `checking out commit ${gone}: it is gone`,
    });
  });
});
