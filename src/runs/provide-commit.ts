import { fetchMirror, hasCommit, mergeCommit } from '../git/index.ts';
import { PolderError } from '../lib/errors.ts';
import { type Repo, repoSource } from '../repos/index.ts';
import type { RunDeps } from './deps.ts';
import type { Run } from './types.ts';

/** A commit that a run is, or will be, of. */
export type RunCommit = { readonly run: Pick<Run, 'commitSha' | 'pull'>; readonly repo: Repo };

/**
 * Sees to it that the mirror has the run's commit. It has, where the run was accepted; another server fetches it, and
 * makes a merge anew, which gives the same commit. Throws `commit_gone` when nobody has it any more.
 */
export async function provideCommit(deps: Pick<RunDeps, 'git' | 'hosts'>, { run, repo }: RunCommit): Promise<void> {
  const isThere = () => hasCommit(deps.git, repo.id, run.commitSha);
  if (await isThere()) return;
  const pullRefs = run.pull?.headRef ? [run.pull.headRef] : [];
  const source = await repoSource(deps, repo);
  await fetchMirror(deps.git, { id: repo.id, fullName: repo.fullName, source }, { pullRefs });
  if (run.pull?.mergedInto) {
    const { headSha: head, mergedInto: base, headRef, number } = run.pull;
    const pullRef = headRef ?? `refs/pull/${number}/head`;
    if (await hasCommit(deps.git, repo.id, head)) await mergeCommit(deps.git, repo.id, { base, head, pullRef });
  }
  if (!(await isThere())) throw new PolderError('commit_gone', `checking out commit ${run.commitSha}: it is gone`);
}
