import { type GitDeps, readFiles } from '../git/index.ts';
import { type ConfigurationReader, type Distribution, rootModuleNames } from '../terraform/index.ts';
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

/** Looks into the files of a commit, straight in the mirror. Reads nothing before it is asked. */
export function lookIntoCommit(deps: Deps, at: LookedAt): CommitLook {
  const read = (paths: readonly string[]) => readFiles(deps.git, at, paths);
  const graph = createModuleGraph({ ...at, read, reader: deps.configurationReader });
  return {
    cloudWorkspaces: async (dirs) => {
      const workspaces = new Map<string, string>();
      const texts = new Map<string, string>();
      const modules = rootModules(at, dirs);
      for await (const file of read([...modules.values()].flat())) {
        if (mayName(file.text)) texts.set(file.path, file.text);
      }
      for (const [dir, paths] of modules) {
        const files = paths.flatMap((path) => ({ path, content: texts.get(path) ?? '' }));
        const workspace = files.some(({ content }) => content !== '')
          ? await deps.configurationReader.cloudWorkspace(files)
          : null;
        if (workspace !== null) workspaces.set(dir, workspace);
      }
      return workspaces;
    },
    moduleDependants: (dirs) => graph.dependants(dirs),
  };
}

/** The paths of the files of each folder's root module. */
function rootModules(
  { tree, distribution }: LookedAt,
  dirs: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const names = new Map(dirs.map((dir): [string, string[]] => [dir, []]));
  for (const path of tree.projectFiles) names.get(dirOf(path))?.push(path.slice(path.lastIndexOf('/') + 1));
  const pathIn = (dir: string, name: string) => (dir === '.' ? name : `${dir}/${name}`);
  return new Map(
    [...names].map(([dir, all]) => [dir, rootModuleNames(all, distribution).map((name) => pathIn(dir, name))]),
  );
}

/** Most files need not be kept. */
function mayName(text: string): boolean {
  return text.includes('cloud') && text.includes('workspaces');
}
