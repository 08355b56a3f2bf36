import { filesWithWords, type GitDeps, readFiles } from '../git/index.ts';
import { workspaceRule } from '../repo-config/index.ts';
import {
  type ConfigurationFile,
  type ConfigurationReader,
  type Distribution,
  rootModuleNames,
} from '../terraform/index.ts';
import type { CommitLook } from './commit-look.ts';
import { createModuleGraph } from './module-graph.ts';
import { dirOf, type TreeView } from './tree.ts';

type Deps = { readonly git: GitDeps; readonly configurationReader: ConfigurationReader };

export type LookedAt = {
  readonly repoId: number;
  /** A commit that the mirror has, and its tree. */
  readonly sha: string;
  readonly tree: TreeView;
  readonly distribution: Distribution;
  /** Patterns of the files that make their folder a project whose modules count; null: modules are not looked at. */
  readonly modulePatterns: readonly string[] | null;
};

/** Looks into the files of a commit, straight in the mirror. Reads nothing before it is asked, and nothing twice. */
export function lookIntoCommit(deps: Deps, at: LookedAt): CommitLook {
  const read = (paths: readonly string[]) => readFiles(deps.git, at, paths);
  const graph = createModuleGraph({ ...at, read, reader: deps.configurationReader });
  return {
    cloudWorkspaces: (dirs) => cloudWorkspaces(deps, at, dirs),
    moduleDependants: (dirs) => graph.dependants(dirs),
  };
}

async function cloudWorkspaces(
  deps: Deps,
  at: LookedAt,
  dirs: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, ConfigurationFile[]>();
  const words = ['cloud', 'workspaces'];
  const paths = rootModulePaths(at, dirs);
  const found = await filesWithWords(deps.git, at, { words, paths });
  for await (const { path, text } of readFiles(deps.git, at, found ?? paths)) {
    // Most files have neither word, and need not be kept.
    if (!words.every((word) => text.includes(word))) continue;
    const dir = dirOf(path);
    files.set(dir, [...(files.get(dir) ?? []), { path, content: text }]);
  }
  const workspaces = new Map<string, string>();
  for (const [dir, some] of files) {
    const workspace = await deps.configurationReader.cloudWorkspace(some);
    if (workspace !== null && workspaceRule(workspace) === undefined) workspaces.set(dir, workspace);
  }
  return workspaces;
}

/** The files of the root modules in these folders. */
function rootModulePaths({ tree, distribution }: LookedAt, dirs: readonly string[]): readonly string[] {
  const names = new Map(dirs.map((dir): [string, string[]] => [dir, []]));
  for (const path of tree.projectFiles) names.get(dirOf(path))?.push(path.slice(path.lastIndexOf('/') + 1));
  return [...names].flatMap(([dir, all]) =>
    rootModuleNames(all, distribution).map((name) => (dir === '.' ? name : `${dir}/${name}`)),
  );
}
