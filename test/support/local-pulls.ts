import { join } from 'node:path';
import type { Db } from '../../src/db/index.ts';
import { openGit } from '../../src/git/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { PullHost, VcsEvent } from '../../src/vcs/index.ts';
import { type LocalPullDeps, localHost, openLocalPull, type WatchDeps } from '../../src/vcs/local/index.ts';
import { commitFiles, type Files, git, makeBranch, makeRepo } from './git.ts';
import { temporaryDir } from './temp.ts';

/** A local repository `acme/infra` with its pull requests, and what was delivered of them. */
export type LocalPullWorld = {
  readonly deps: WatchDeps;
  readonly pulls: PullHost;
  /** The repository's folder; nothing that it has checked out is a branch. */
  readonly dir: string;
  readonly delivered: readonly VcsEvent[];
  /** Commits the files on a branch, which is made from `main` when there is none. Gives the commit. */
  push(branch: string, files: Files, message?: string): Promise<string>;
  /** Opens a pull request of that branch, with these files in it, and gives its number. */
  open(branch: string, files?: Files): Promise<number>;
};

export async function localPullWorld(db: Db, over: Partial<LocalPullDeps> = {}): Promise<LocalPullWorld> {
  const root = await temporaryDir();
  const reposDir = join(root, 'repos');
  const dir = join(reposDir, 'acme/infra');
  await makeRepo(dir, { 'main.tf': 'one\n' });
  await git(dir, 'switch', '--quiet', '--detach');
  const delivered: VcsEvent[] = [];
  const deps: WatchDeps = {
    db,
    git: await openGit({ dataDir: join(root, 'data'), log: silentLog(), env: process.env }),
    log: silentLog(),
    now: Date.now,
    reposDir,
    baseUrl: 'http://polder.test',
    deliver: async (_tx, event) => void delivered.push(event),
    ...over,
  };
  const { pulls } = localHost({ reposDir, pulls: deps });
  if (!pulls) throw new Error('no pull requests');
  const push = async (branch: string, files: Files, message?: string) => {
    const known = await git(dir, 'branch', '--list', branch);
    if (known === '') {
      await git(dir, 'switch', '--quiet', '--detach', 'main');
      await makeBranch(dir, branch);
    } else {
      await git(dir, 'switch', '--quiet', branch);
    }
    const sha = await commitFiles(dir, files, message);
    await git(dir, 'switch', '--quiet', '--detach', 'main');
    return sha;
  };
  const open = async (branch: string, files: Files = { [`${branch}.tf`]: `${branch}\n` }) => {
    await push(branch, files, `Add ${branch}`);
    const order = { fullName: 'acme/infra', headBranch: branch, baseBranch: null, title: null, author: 'ada' };
    const opening = await openLocalPull(deps, { ...order, draft: false, labels: [] });
    if (opening.kind === 'refused') throw new Error(opening.message);
    return opening.pull.number;
  };
  return { deps, pulls, dir, delivered, push, open };
}
