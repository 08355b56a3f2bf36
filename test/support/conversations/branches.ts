import { join } from 'node:path';
import { commitFiles, type Files, git, makeBareRepo, makeRepo } from '../git.ts';
import { temporaryDir } from '../temp.ts';

/** Branches of a repository behind a host. */
export type Branches = {
  /** Commits the files on a branch, which is made from `main` when there is none. */
  commit(branch: string, files: Files, removed?: readonly string[]): Promise<void>;
};

/** The bare repository `<reposDir>/<fullName>.git` with these files on `main`. */
export async function makeBranches(reposDir: string, fullName: string, files: Files): Promise<Branches> {
  const work = await temporaryDir();
  await makeRepo(work, files);
  const bare = join(reposDir, `${fullName}.git`);
  await makeBareRepo(bare, work);
  await git(work, 'remote', 'add', 'origin', bare);
  await git(work, 'fetch', '--quiet');
  return {
    commit: async (branch, changed, removed = []) => {
      const isKnown = (await git(work, 'branch', '--list', branch)) !== '';
      await git(work, 'switch', '--quiet', ...(isKnown ? [branch] : ['--no-track', '--create', branch, 'main']));
      for (const path of removed) await git(work, 'rm', '--quiet', '-r', path);
      await commitFiles(work, changed);
      await git(work, 'push', '--quiet', 'origin', branch);
    },
  };
}
