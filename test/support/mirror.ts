import { join } from 'node:path';
import { fetchMirror, type GitDeps, type GitLimits, openGit } from '../../src/git/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { type Files, makeRepo } from './git.ts';
import { temporaryDir } from './temp.ts';

export type MirroredRepo = {
  readonly deps: GitDeps;
  readonly repoId: number;
  /** The repository that the mirror is of: work tree and `.git`. */
  readonly source: string;
  /** Its first commit, on `main`. */
  readonly first: string;
  /** Brings the mirror up to date. */
  fetch(): Promise<void>;
};

/** A repository of these files and a data directory with its mirror. */
export async function mirroredRepo(files: Files, limits: Partial<GitLimits> = {}): Promise<MirroredRepo> {
  const dir = await temporaryDir();
  const source = join(dir, 'source');
  const first = await makeRepo(source, files);
  const deps = await openGit({ dataDir: join(dir, 'data'), log: silentLog(), env: process.env, limits });
  const repoId = 1;
  const fetch = () =>
    fetchMirror(deps, { id: repoId, fullName: 'acme/infra', source: { url: source, credentials: null } });
  await fetch();
  return { deps, repoId, source, first, fetch };
}
