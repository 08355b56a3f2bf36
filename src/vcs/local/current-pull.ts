import { PolderError } from '../../lib/errors.ts';
import type { Pull, PullRef } from '../index.ts';
import { findRepository, type LocalRepository } from './find-repository.ts';
import { branchTips, type Source } from './source-git.ts';
import { selectPull } from './store.ts';
import type { LocalPull, LocalPullDeps } from './types.ts';

type Deps = Pick<LocalPullDeps, 'db' | 'git' | 'reposDir'>;

/** A pull request with its repository, and where its branches are at this moment. */
export type CurrentPull = {
  readonly pull: LocalPull;
  readonly source: Source;
  /** Of an ended one, or when the branch is gone: where it was last. */
  readonly headSha: string;
  /** Undefined when the branch is gone. */
  readonly baseTip: string | undefined;
  readonly headTip: string | undefined;
};

/** Throws `host_refused` when the repository is gone. */
export async function sourceOf(deps: Pick<Deps, 'git' | 'reposDir'>, fullName: string): Promise<Source> {
  const repository: LocalRepository | undefined = await findRepository(deps.reposDir, fullName);
  if (repository) return { git: deps.git, repository };
  throw new PolderError('host_refused', `looking up ${fullName}: there is no such repository any more`);
}

/** Undefined when there is no pull request of that number. */
export async function currentPull(deps: Deps, ref: PullRef): Promise<CurrentPull | undefined> {
  const pull = await selectPull(deps.db, ref);
  if (!pull) return undefined;
  const source = await sourceOf(deps, pull.fullName);
  const tips = await branchTips(source, [pull.headBranch, pull.baseBranch]);
  const headTip = tips.get(pull.headBranch);
  const headSha = pull.state === 'open' ? (headTip ?? pull.headSha) : pull.headSha;
  return { pull, source, headSha, headTip, baseTip: tips.get(pull.baseBranch) };
}

/** The same for what only makes sense on one that exists. */
export async function existingPull(deps: Deps, ref: PullRef): Promise<CurrentPull> {
  const found = await currentPull(deps, ref);
  if (found) return found;
  throw new PolderError('host_refused', `looking up pull request ${ref.number} of ${ref.fullName}: there is none`);
}

/** The pull request as the domain sees those of every host. */
export function toHostPull(deps: Pick<LocalPullDeps, 'baseUrl'>, pull: LocalPull, headSha = pull.headSha): Pull {
  const { fullName, number, headBranch } = pull;
  return {
    number,
    url: pullUrl(deps, pull),
    title: pull.title,
    author: pull.author,
    headBranch,
    headSha,
    headRepo: { fullName, owner: fullName.split('/').slice(0, -1).join('/') },
    headRef: `refs/heads/${headBranch}`,
    baseBranch: pull.baseBranch,
    open: pull.state === 'open',
    merged: pull.state === 'merged',
    draft: pull.draft,
    labels: pull.labels,
  };
}

/** Where a pull request is read. */
export function pullUrl(
  { baseUrl }: Pick<LocalPullDeps, 'baseUrl'>,
  { fullName, number }: Pick<LocalPull, 'fullName' | 'number'>,
): string {
  const repo = encodeURIComponent(fullName).replaceAll('%2F', '/');
  return `${baseUrl}/pulls/${number}?repo=${repo}`;
}
