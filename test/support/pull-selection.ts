import type { Selection } from '../../src/commands/index.ts';
import { type CommitLook, type PullSelectionRequest, selectForPull, treeOf } from '../../src/projects/index.ts';
import { type SelectionParts, selectionContext } from './selection.ts';

/** A command on a pull request, and what it finds. */
export type Asked = Partial<Omit<SelectionParts, 'tree'>> & {
  /** Files of the commit. */
  files?: string[];
  links?: [path: string, target: string][];
  /** Files that it changes; those that are not of the commit are deleted. */
  changed?: string[];
  p?: string;
  d?: string;
  w?: string;
  autoplan?: boolean;
  /** Folders that the base branch lists. */
  wasListed?: string[];
  look?: Partial<CommitLook>;
} & Partial<Pick<PullSelectionRequest, 'enableRegexpCmd' | 'restrictFileList' | 'silenceNoProjects'>>;

function selectionOf({ p, d, w }: Asked): Selection | undefined {
  if (p !== undefined) return { projects: [p], paths: [] };
  if (d === undefined && w === undefined) return undefined;
  return {
    projects: [],
    paths: [{ ...(d !== undefined && { directory: d }), ...(w !== undefined && { workspace: w }) }],
  };
}

export async function select(asked: Asked) {
  const { files = ['a/main.tf', 'b/main.tf'], links = [], changed = ['a/main.tf'], autoplan = false, look } = asked;
  const selection = selectionOf(asked);
  const { enableRegexpCmd = false, restrictFileList = false, silenceNoProjects = false } = asked;
  return selectForPull({
    ...selectionContext({ ...asked, tree: treeOf([...files, ...links.map(([path]) => path)], new Map(links)) }),
    changedPaths: changed,
    target: selection ? { kind: 'selection', selection } : { kind: autoplan ? 'autoplan' : 'all' },
    wasListed: (dir) => asked.wasListed?.includes(dir) ?? false,
    enableRegexpCmd,
    restrictFileList,
    silenceNoProjects,
    look: look ? { ...lookingAtNothing, ...look } : null,
  });
}

const lookingAtNothing: CommitLook = {
  cloudWorkspaces: async () => new Map(),
  moduleDependants: async () => new Set(),
};

/** Selected projects as `name dir workspace`, folders that are gone as `- dir`, or the message of a refusal. */
export async function summary(asked: Asked): Promise<string[]> {
  const selected = await select(asked);
  if (selected.kind === 'ignored') return ['ignored'];
  if (selected.kind === 'rejected') return [selected.message];
  const projects = selected.projects.map(({ name, dir, workspace }) => `${name} ${dir} ${workspace}`.trim());
  return [...projects, ...selected.removedDirs.map((dir) => `- ${dir}`)];
}
