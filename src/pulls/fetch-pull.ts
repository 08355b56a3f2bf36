import { fetchMirror, hasCommit, isFetchedTip, mergeCommit, resolveRef } from '../git/index.ts';
import { type Repo, repoSource } from '../repos/index.ts';
import type { CloneSource, Pull } from '../vcs/index.ts';
import type { PullDeps } from './deps.ts';

/** Of `live`, what its host keeps of it alone is fetched, too. The fetch ends with `signal` where nobody else waits for it. */
type Fetching = { readonly live?: Pull; readonly signal?: AbortSignal };

/** Brings the mirror of a repo up to date. */
export async function fetchPull(deps: PullDeps, repo: Repo, { live, signal }: Fetching = {}): Promise<void> {
  const pullRefs = live ? [pullRefOf(live)] : [];
  const fetchFrom = (source: CloneSource) =>
    fetchMirror(deps.git, { id: repo.id, fullName: repo.fullName, source }, { pullRefs, ...(signal && { signal }) });
  const recent = await deps.sources.of(repo);
  try {
    await fetchFrom(recent);
  } catch (error) {
    if (signal?.aborted) throw error;
    // It may have moved.
    const now = await repoSource(deps, repo).catch(() => recent);
    if (now.url === recent.url) throw error;
    await fetchFrom(now);
  }
}

/** A fetch of branches and tags that began before the host had said what there is. */
export type EarlyFetch = {
  readonly done: Promise<void>;
  readonly begunAt: number;
  /** Ends it, when nobody needs it. */
  drop(): void;
};

export function startFetch(deps: PullDeps, repo: Repo): EarlyFetch {
  const needless = new AbortController();
  const fetch = async () => {
    const source = await deps.sources.of(repo);
    await fetchMirror(deps.git, { id: repo.id, fullName: repo.fullName, source }, { signal: needless.signal });
  };
  const begunAt = deps.now();
  const done = fetch();
  // Whoever needs it hears what goes wrong.
  done.catch(() => undefined);
  return { done, begunAt, drop: () => needless.abort() };
}

/**
 * The ref outside of the branches that stands for a pull request. Where the host has none, what git fetches is nothing,
 * and only our own merge is kept under it.
 */
export function pullRefOf({ headRef, number }: Pick<Pull, 'headRef' | 'number'>): string {
  return headRef === null || headRef.startsWith('refs/heads/') ? `refs/pull/${number}/head` : headRef;
}

/** The commit that a branch is at in the mirror; undefined when there is no such branch. */
export async function branchTip(deps: PullDeps, repoId: number, branch: string): Promise<string | undefined> {
  const resolved = await resolveRef(deps.git, repoId, `refs/heads/${branch}`);
  return resolved.kind === 'commit' ? resolved.sha : undefined;
}

export type PullCommits =
  | {
      readonly kind: 'ready';
      /** What is checked out. */
      readonly commitSha: string;
      /** The tip of the base branch. */
      readonly baseSha: string;
    }
  | { readonly kind: 'rejected'; readonly message: string };

/** What an early fetch has brought counts for so long: a host that lets us wait may know of more by then. */
const freshMs = 10_000;

/**
 * Fetches a pull request, where an early fetch has not brought what it takes, and works out what of it is checked out, by
 * `--checkout-strategy`.
 */
export async function commitsOf(
  deps: PullDeps,
  repo: Repo,
  { live, signal, early }: Required<Fetching> & { readonly early?: EarlyFetch | undefined },
): Promise<PullCommits> {
  const fetched = early !== undefined && (await isFetched(deps, early));
  if (!fetched) await fetchPull(deps, repo, { live, signal });
  const head = { branch: live.headBranch, sha: live.headSha };
  const hasHead = async () => isFetchedTip(deps.git, repo.id, head) || hasCommit(deps.git, repo.id, head.sha);
  const look = () => Promise.all([branchTip(deps, repo.id, live.baseBranch), hasHead()]);
  let [baseSha, isThere] = await look();
  if (fetched && (baseSha === undefined || !isThere)) {
    // Pushed after that, or not on a branch of this repository.
    await fetchPull(deps, repo, { live, signal });
    [baseSha, isThere] = await look();
  }
  if (baseSha === undefined) return rejected(`the repository has no branch ${JSON.stringify(live.baseBranch)}`);
  if (!isThere) {
    return rejected(`the repository has no commit ${live.headSha} any more: was another one pushed in its place?`);
  }
  if (deps.pullSettings.checkoutStrategy === 'branch') return { kind: 'ready', commitSha: live.headSha, baseSha };
  const pullRef = pullRefOf(live);
  const merged = await mergeCommit(deps.git, repo.id, { base: baseSha, head: live.headSha, pullRef });
  if (merged.kind === 'conflict') {
    return rejected(`merging ${live.headBranch} into ${live.baseBranch}: ${merged.text}`);
  }
  return { kind: 'ready', commitSha: merged.sha, baseSha };
}

/** False where it went wrong, too: what is asked of the host itself may be right. */
async function isFetched(deps: PullDeps, { done, begunAt }: EarlyFetch): Promise<boolean> {
  if (deps.now() - begunAt >= freshMs) return false;
  return done.then(
    () => true,
    () => false,
  );
}

function rejected(message: string): PullCommits {
  return { kind: 'rejected', message };
}
