import type { DbHandle } from '../../db/index.ts';
import {
  type CommitReader,
  createCommitReader,
  fetchMirror,
  type GitDeps,
  messagesSince,
  resolveRef,
} from '../../git/index.ts';
import { errorText, isPolderError, PolderError } from '../../lib/errors.ts';
import { type Repo, repoSource } from '../../repos/index.ts';
import type { Hosts } from '../../vcs/index.ts';
import { keepCommits } from './keep-commits.ts';

/** What git and the host know about a repo's commits. Never asked inside a transaction. */
export type Revisions = CommitReader & {
  /** The full id of a commit that is given by its id or at least seven digits of it. */
  findCommit(repo: Repo, sha: string): Promise<string | undefined>;
  /** Whether the repo has a branch or tag of that name. */
  hasBranchOrTag(repo: Repo, name: string): Promise<boolean>;
  /** The messages of commits that came between two, newest first, as far as the mirror has them. Never fetches. */
  messagesSince(repo: Repo, commits: { readonly base: string; readonly head: string }): Promise<readonly string[]>;
};

/** Nobody ships more commits at once that he wants to see one by one. */
const mostMessages = 1000;

const someId = /^[0-9a-f]{7,40}$/i;

export type RevisionsDeps = {
  readonly git: GitDeps;
  readonly hosts: Hosts;
  readonly db: DbHandle;
  readonly now: () => number;
};

/** Looks into the mirror first, and asks the host when the answer is not there. */
export function createRevisions(deps: RevisionsDeps): Revisions {
  const reader = keepCommits(deps, createCommitReader(deps.git, 0));
  const findCommit = async (repo: Repo, sha: string) => {
    const resolved = await resolveRef(deps.git, repo.id, sha);
    return resolved.kind === 'commit' && resolved.ref.kind === 'commit' ? resolved.sha : undefined;
  };
  const hasBranchOrTag = async (repo: Repo, name: string) => {
    // All forms but a plain name mean more than a branch or tag.
    if (name.startsWith('refs/')) return false;
    for (const prefix of ['refs/heads/', 'refs/tags/']) {
      if ((await resolveRef(deps.git, repo.id, prefix + name)).kind === 'commit') return true;
    }
    return false;
  };
  return {
    read: reader.read,
    findCommit: async (repo, sha) => (someId.test(sha) ? askTwice(deps, repo, () => findCommit(repo, sha)) : undefined),
    hasBranchOrTag: async (repo, name) =>
      (await askTwice(deps, repo, async () => (await hasBranchOrTag(repo, name)) || undefined)) ?? false,
    messagesSince: (repo, commits) => messagesSince(deps.git, repo.id, { ...commits, most: mostMessages }),
  };
}

/**
 * Asks again after a fetch: the mirror may not be there yet, or be behind the host. Of a repo that is gone from its host
 * only the mirror knows something. Throws `host_unavailable` when the fetch goes wrong.
 */
async function askTwice<T>(
  deps: { readonly git: GitDeps; readonly hosts: Hosts },
  repo: Repo,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    const known = await ask();
    if (known !== undefined) return known;
  } catch (error) {
    if (!isPolderError(error, 'git_failed')) throw error;
  }
  return (await fetched(deps, repo)) ? ask() : undefined;
}

/** False when there is no such repo any more, or no such host. */
async function fetched(deps: { readonly git: GitDeps; readonly hosts: Hosts }, repo: Repo): Promise<boolean> {
  try {
    const source = await repoSource(deps, repo);
    await fetchMirror(deps.git, { id: repo.id, fullName: repo.fullName, source });
    return true;
  } catch (error) {
    if (isPolderError(error, 'repo_not_found') || isPolderError(error, 'host_not_configured')) return false;
    if (!isPolderError(error, 'git_failed')) throw error;
    throw new PolderError('host_unavailable', `fetching ${repo.fullName}: ${errorText(error)}`, { cause: error });
  }
}
