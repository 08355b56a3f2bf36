import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PolderError } from '../lib/errors.ts';
import type { CloneSource } from '../vcs/index.ts';
import { credentialEnvironment } from './git-environment.ts';
import { mirrorDir, newMirrorDir, repoDir } from './layout.ts';
import { removeUnfinishedPacks, restoreMirror, withoutStaleLocks } from './mirror-repair.ts';
import { fetchedRef } from './private-refs.ts';
import type { RoundWork } from './rounds.ts';
import { type GitCall, type GitFailure, type GitOutput, gitError, runGit, tryGit, withDisk } from './run-git.ts';
import type { GitDeps } from './types.ts';

/** A repo as `fetchMirror` needs it: `fullName` is for messages. */
export type FetchedRepo = { readonly id: number; readonly fullName: string; readonly source: CloneSource };

export type FetchOptions = {
  readonly signal?: AbortSignal;
  /**
   * Refs besides branches and tags, such as `refs/pull/7/head`. One that the source does not have (any more) is no
   * error: ask with `hasCommit` for what was expected there. Kept under a name of our own until `forgetPullRef`.
   */
  readonly pullRefs?: readonly string[];
};

/**
 * Brings the bare mirror of a repo up to date with its source: all branches and tags, those that are gone removed, and
 * the further refs that are asked for. The first call makes the mirror. May be called by many at once: they share
 * fetches that begin after they asked, each for the refs of all of them. Need not be called for a commit that is there
 * already: see `hasCommit`.
 * Throws `git_failed` or `disk_full`, never naming a credential; the reason of `signal` when that aborts.
 */
export async function fetchMirror(deps: GitDeps, repo: FetchedRepo, options: FetchOptions = {}): Promise<void> {
  const { signal, pullRefs = [] } = options;
  const work: RoundWork = (aborted, wants) =>
    withDisk(activityOf(repo), () => bringUpToDate(deps, { repo, signal: aborted, refspecs: [...wants] }));
  await deps.fetches.join(repo.id, work, { wants: pullRefs.map(refspecOf), ...(signal ? { signal } : {}) });
}

/**
 * A pattern, although it means one ref: what matches nothing is no error then, so that a pull request whose ref the
 * host has removed does not fail the fetch that others share.
 */
function refspecOf(pullRef: string): string {
  return `+${pullRef}*:${fetchedRef(pullRef)}*`;
}

type Fetch = {
  readonly repo: FetchedRepo;
  readonly signal: AbortSignal;
  /** Besides those of branches and tags. */
  readonly refspecs: readonly string[];
};

async function bringUpToDate(deps: GitDeps, fetch: Fetch): Promise<void> {
  const { repo } = fetch;
  const mirror = mirrorDir(deps, repo.id);
  if (!existsSync(mirror) || deps.damaged.has(repo.id)) return makeMirror(deps, fetch);
  await restoreMirror(mirror);
  const result = await withoutStaleLocks(deps, mirror, () => fetchInto(deps, fetch, mirror));
  if (!('reason' in result)) return;
  if (result.damaged) {
    deps.log.warn(
      { repoId: repo.id, reason: result.reason },
      'the mirror of a repository is damaged and is made again',
    );
    return makeMirror(deps, fetch);
  }
  throw gitError(activityOf(repo), result);
}

/**
 * A mirror gets its name when its first fetch is complete. What a killed server leaves has another name, and goes when
 * the mirror is made again.
 */
async function makeMirror(deps: GitDeps, fetch: Fetch): Promise<void> {
  const { repo, signal } = fetch;
  const mirror = mirrorDir(deps, repo.id);
  const fresh = newMirrorDir(deps, repo.id);
  await rm(fresh, { recursive: true, force: true });
  await mkdir(repoDir(deps, repo.id), { recursive: true, mode: 0o700 });
  await mkdir(fresh, { mode: 0o700 });
  await runGit(deps, { activity: activityOf(repo), args: ['init', '--quiet', '--bare', fresh], signal });
  await restoreMirror(fresh);
  const result = await fetchInto(deps, fetch, fresh);
  if ('reason' in result) {
    await rm(fresh, { recursive: true, force: true });
    throw gitError(activityOf(repo), result);
  }
  await replaceMirror(mirror, fresh);
  deps.damaged.delete(repo.id);
}

/** Checkouts that were made from the old mirror go on with the new one. */
async function replaceMirror(mirror: string, fresh: string): Promise<void> {
  const worktrees = join(mirror, 'worktrees');
  if (existsSync(worktrees)) await rename(worktrees, join(fresh, 'worktrees'));
  await rm(mirror, { recursive: true, force: true });
  await rename(fresh, mirror);
}

async function fetchInto(deps: GitDeps, fetch: Fetch, mirror: string): Promise<GitOutput | GitFailure> {
  const { repo, signal, refspecs } = fetch;
  const tidy = () => removeUnfinishedPacks(mirror);
  const result = await tryGit(deps, {
    activity: activityOf(repo),
    gitDir: mirror,
    // A step of a run may have checked out a branch in its worktree; the mirror's branches are the source's all the same.
    args: [
      'fetch',
      '--quiet',
      '--prune',
      '--force',
      '--no-tags',
      '--update-head-ok',
      '--no-write-fetch-head',
      '--',
      repo.source.url,
      '+refs/heads/*:refs/heads/*',
      '+refs/tags/*:refs/tags/*',
      ...refspecs,
    ],
    timeoutMs: deps.limits.fetchMs,
    remote: true,
    signal,
    ...access(deps, repo),
  }).catch(async (aborted: unknown) => {
    await tidy();
    throw aborted;
  });
  if ('reason' in result) await tidy();
  return result;
}

/** Allows the one protocol of the source, and hands over its credentials. */
export function access(deps: GitDeps, repo: FetchedRepo): Pick<GitCall, 'env' | 'secrets'> {
  const { url, credentials } = repo.source;
  if (url.startsWith('/')) return { env: { GIT_ALLOW_PROTOCOL: 'file' } };
  const protocol = /^(https?):\/\/[^/@]+(\/|$)/.exec(url)?.[1];
  if (protocol === undefined) {
    throw new PolderError('git_failed', `${activityOf(repo)}: its address is neither a path nor a plain http(s) URL`);
  }
  const env = { GIT_ALLOW_PROTOCOL: protocol };
  if (!credentials) return { env };
  return {
    env: { ...env, ...credentialEnvironment(deps.environment, url, credentials) },
    secrets: [credentials.password, `${credentials.username}:${credentials.password}`],
  };
}

function activityOf(repo: FetchedRepo): string {
  return `fetching ${repo.fullName}`;
}

/**
 * Packs the mirror when it has become fragmented, which takes a while; reading, fetching and checking out go on
 * meanwhile. Otherwise does nothing. Fetches never pack: call this now and then, when nobody waits.
 */
export async function tidyMirror(deps: GitDeps, repoId: number): Promise<void> {
  const mirror = mirrorDir(deps, repoId);
  if (!existsSync(mirror)) return;
  // The settings of every git process forbid packing; this one is the exception.
  const args = ['-c', 'gc.auto=6700', 'gc', '--auto', '--quiet'];
  const activity = `packing the mirror of repo ${repoId}`;
  const call = { activity, gitDir: mirror, args, timeoutMs: deps.limits.fetchMs, remote: true };
  const packed = await withoutStaleLocks(deps, mirror, () => tryGit(deps, call));
  if ('reason' in packed) throw gitError(activity, packed);
  deps.seenCommits.forget(mirror);
}
