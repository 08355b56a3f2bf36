import { mirrorDir } from './layout.ts';
import { runGit } from './run-git.ts';
import type { GitDeps } from './types.ts';

/** Their names have to fit into the arguments of a process. */
const mostPaths = 200;

/**
 * Those of the paths whose files have all these words in them, in git's order: with one process, without reading a file
 * here. Left out are paths at which there is no file, or a symbolic link. Undefined for too many paths: the files have to
 * be read. `sha` is a full id of a commit that the mirror has.
 */
export async function filesWithWords(
  deps: GitDeps,
  commit: { readonly repoId: number; readonly sha: string },
  { words, paths }: { readonly words: readonly string[]; readonly paths: readonly string[] },
): Promise<readonly string[] | undefined> {
  if (paths.length === 0) return [];
  if (paths.length > mostPaths) return undefined;
  const { stdout } = await runGit(deps, {
    activity: `searching files of commit ${commit.sha}`,
    gitDir: mirrorDir(deps, commit.repoId),
    args: [
      '--literal-pathspecs',
      'grep',
      '--threads=1',
      ...['--full-name', '--files-with-matches', '-z', '--text', '--fixed-strings', '--all-match'],
      ...words.flatMap((word) => ['-e', word]),
      commit.sha,
      '--',
      ...paths,
    ],
    codes: [0, 1],
  });
  // Each is named with the commit in front of it.
  return stdout
    .split('\0')
    .slice(0, -1)
    .map((name) => name.slice(commit.sha.length + 1));
}
