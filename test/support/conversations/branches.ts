import { join } from 'node:path';
import { commitFiles, type Files, git, makeBareRepo, makeRepo } from '../git.ts';
import { temporaryDir } from '../temp.ts';
import type { Branches } from './forge.ts';

/** A repository with these files on `main`. */
export async function makeBranches(files: Files): Promise<Branches> {
  const [reposDir, work] = [await temporaryDir(), await temporaryDir()];
  await makeRepo(work, files);
  const bare = join(reposDir, 'acme/infra.git');
  await makeBareRepo(bare, work);
  await git(work, 'remote', 'add', 'origin', bare);
  await git(work, 'fetch', '--quiet');
  return {
    reposDir,
    commit: async (branch, changed, removed = []) => {
      const isKnown = (await git(work, 'branch', '--list', branch)) !== '';
      await git(work, 'switch', '--quiet', ...(isKnown ? [branch] : ['--no-track', '--create', branch, 'main']));
      for (const path of removed) await git(work, 'rm', '--quiet', '-r', path);
      await commitFiles(work, changed);
      await git(work, 'push', '--quiet', 'origin', branch);
    },
  };
}
