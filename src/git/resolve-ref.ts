import { checkRef, type RefCandidate, refCandidates } from './check-ref.ts';
import { mirrorDir } from './layout.ts';
import { looseRef } from './loose-ref.ts';
import { runGit } from './run-git.ts';
import type { GitDeps } from './types.ts';

export type ResolvedRef = {
  readonly kind: 'commit';
  /** Full commit id. */
  readonly sha: string;
  /** What the ref turned out to be; the name is without `refs/heads/`, `refs/tags/`, and a commit's is its full id. */
  readonly ref: { readonly kind: 'branch' | 'tag' | 'commit'; readonly name: string };
};

/** Messages are whole sentences for whoever sent the ref. */
export type RefResolution =
  | ResolvedRef
  | { readonly kind: 'unsafe'; readonly message: string; readonly reason: string }
  | { readonly kind: 'unknown'; readonly message: string };

/**
 * The commit that a ref names in the mirror: see `refCandidates` for the forms and their order. Fetch the mirror first.
 * Expressions (`main~1`) are not refs.
 */
export async function resolveRef(deps: GitDeps, repoId: number, ref: string): Promise<RefResolution> {
  const check = checkRef(ref);
  if (check.kind === 'unsafe') {
    return { kind: 'unsafe', message: 'checking out API ref: unsafe refs are not allowed', reason: check.reason };
  }
  for (const candidate of refCandidates(ref)) {
    const found =
      candidate.kind === 'commit'
        ? await findCommit(deps, repoId, candidate.name)
        : await findNamed(deps, repoId, candidate);
    if (found.kind !== 'absent') return found;
  }
  return unknown(`the repository has no branch, tag or commit ${JSON.stringify(ref)}`);
}

type Found = ResolvedRef | { readonly kind: 'unknown'; readonly message: string } | { readonly kind: 'absent' };

function unknown(message: string): { kind: 'unknown'; message: string } {
  return { kind: 'unknown', message };
}

/** Asks for exactly this name: what else `rev-parse` would try for it could be of somebody else's making. */
async function findNamed(deps: GitDeps, repoId: number, { kind, name }: RefCandidate): Promise<Found> {
  const fullName = `refs/${kind === 'branch' ? 'heads' : 'tags'}/${name}`;
  const fetched = kind === 'branch' && looseRef(mirrorDir(deps, repoId), fullName);
  if (fetched) return { kind: 'commit', sha: fetched, ref: { kind, name } };
  const { stdout } = await runGit(deps, {
    activity: `looking up ${fullName} of repo ${repoId}`,
    gitDir: mirrorDir(deps, repoId),
    args: ['for-each-ref', '--count=1', '--format=%(refname) %(objectname) %(objecttype)', '--', fullName],
  });
  const [refName, object, type] = stdout.trim().split(' ');
  if (refName !== fullName || object === undefined) return { kind: 'absent' };
  const sha = type === 'commit' ? object : await peel(deps, repoId, object);
  if (sha === undefined) return unknown(`the ${kind} ${JSON.stringify(name)} is not of a commit`);
  return { kind: 'commit', sha, ref: { kind, name } };
}

/** The commit of an annotated tag; undefined when it is of something else. */
async function peel(deps: GitDeps, repoId: number, object: string): Promise<string | undefined> {
  const { code, stdout } = await runGit(deps, {
    activity: `looking up tag ${object} of repo ${repoId}`,
    gitDir: mirrorDir(deps, repoId),
    args: ['rev-parse', '--verify', '--quiet', `${object}^{commit}`],
    codes: [0, 1],
  });
  return code === 0 ? stdout.trim() : undefined;
}

async function findCommit(deps: GitDeps, repoId: number, prefix: string): Promise<Found> {
  const gitDir = mirrorDir(deps, repoId);
  const activity = `looking up commit ${prefix} of repo ${repoId}`;
  const objects = await runGit(deps, { activity, gitDir, args: ['rev-parse', `--disambiguate=${prefix}`] });
  if (objects.stdout === '') return { kind: 'absent' };
  const types = await runGit(deps, { activity, gitDir, args: ['cat-file', '--batch-check'], input: objects.stdout });
  const commits = types.stdout.split('\n').flatMap((line) => /^([0-9a-f]+) commit /.exec(line)?.[1] ?? []);
  const [sha] = commits;
  if (sha === undefined) return { kind: 'absent' };
  if (commits.length > 1)
    return unknown(`the repository has several commits that begin with ${prefix}: give more digits`);
  return { kind: 'commit', sha, ref: { kind: 'commit', name: sha } };
}
