import type { CommitLook } from './commit-look.ts';
import type { ConfiguredEntry } from './configured-projects.ts';
import { matchesDir } from './configured-projects.ts';
import { discoverable } from './discover-projects.ts';
import { discoveryRules } from './discovery-rules.ts';
import { unlistedProject } from './make-project.ts';
import { createPathIndex, type PathIndex } from './path-index.ts';
import { type PathRules, pathRules } from './path-rules.ts';
import type { SelectionScope } from './selection-scope.ts';
import { dirOf, isProjectFile, type TreeView } from './tree.ts';
import type { Project } from './types.ts';

export type ChangedProjects = {
  /** Listed ones in the order of the file, then discovered ones in the order in which the paths name their folders. */
  readonly projects: readonly Project[];
  /** Folders of projects that the changes take away, each once. */
  readonly removedDirs: readonly string[];
};

export type Change = {
  /** All paths that differ from the base: those of files that are gone too. */
  readonly paths: readonly string[];
  /** Leaves out listed projects that are not to be planned by themselves. */
  readonly isAutoplan: boolean;
  readonly look: CommitLook | null;
  /** Whether the configuration of the base branch lists a folder: an entry may go with its folder. */
  readonly wasListed: (dir: string) => boolean;
};

/**
 * Which projects a change touches: the listed ones by their `when_modified`, others by discovery, and all that use a
 * changed module, where that is looked at.
 */
export async function changedProjects(scope: SelectionScope, change: Change): Promise<ChangedProjects> {
  const removed = removedProjectDirs(scope.tree, change.paths);
  const listed = await listedChanges(scope, { ...change, removed });
  const discovered = await discoveredChanges(scope, { ...change, removed });
  return {
    projects: [...listed.projects, ...discovered.projects],
    removedDirs: [
      ...new Set([...listed.removedDirs, ...discovered.removedDirs, ...[...removed].filter(change.wasListed)]),
    ],
  };
}

type Seen = Change & { readonly removed: ReadonlySet<string> };

/** The folders that lost their last Terraform file. */
function removedProjectDirs(tree: TreeView, paths: readonly string[]): ReadonlySet<string> {
  const lost = paths.filter((path) => isProjectFile(path) && !tree.hasFile(path)).map(dirOf);
  return new Set(lost.filter((dir) => !tree.isProjectDir(dir)));
}

async function listedChanges({ configured, tree }: SelectionScope, change: Seen): Promise<ChangedProjects> {
  if (configured.entries.length === 0) return { projects: [], removedDirs: [] };
  const dependants = await dependantsOf(change, change.paths);
  const touches = toucher(change.paths);
  const takesAway = remover(change.paths);
  const projects: Project[] = [];
  const removedDirs: string[] = [];
  for (const entry of configured.entries) {
    if (change.isAutoplan && !entry.isAutoplanned) continue;
    for (const project of entry.projects) {
      if (!dependants.has(project.dir) && !touches(project)) continue;
      // What a link leads out to is for the run to refuse.
      if (tree.hasDir(project.dir) || tree.leavesTree(project.dir)) projects.push(project);
      else if (takesAway(project.dir)) removedDirs.push(project.dir);
    }
    removedDirs.push(...removedOf(entry, change.removed));
  }
  return { projects, removedDirs };
}

/** The folders of projects that use a module in which one of these files is. */
async function dependantsOf({ look }: Change, paths: readonly string[]): Promise<ReadonlySet<string>> {
  return (await look?.moduleDependants(new Set(paths.map(dirOf)))) ?? new Set();
}

/** Tells of a folder that is not there whether this change takes it away, or the link to it: it may be long gone. */
function remover(paths: readonly string[]): (dir: string) => boolean {
  const index = createPathIndex(paths);
  const all = new Set(paths);
  return (dir) => all.has(dir) || index.below(dir).length > 0;
}

/** A pattern for folders finds only those that are there. */
function removedOf({ glob }: ConfiguredEntry, removed: ReadonlySet<string>): readonly string[] {
  return glob ? [...removed].filter((dir) => matchesDir(glob, dir)) : [];
}

/** Tells whether one of the paths matches the patterns of a project. Most projects share one list of patterns. */
function toucher(paths: readonly string[]): (project: Project) => boolean {
  const index = createPathIndex(paths);
  const known = new Map<readonly string[], PathRules>();
  return ({ dir, whenModified }) => {
    if (!whenModified) return false;
    const rules = known.get(whenModified) ?? pathRules(whenModified);
    known.set(whenModified, rules);
    return touchedBy(rules, index, dir);
  };
}

export function touchedBy(rules: PathRules, index: PathIndex, dir: string): boolean {
  return rules.folders(dir).some((folder) => index.below(folder).some((path) => rules.matches(path, dir)));
}

async function discoveredChanges(scope: SelectionScope, change: Seen): Promise<ChangedProjects> {
  const { tree, autoplanFileList } = scope;
  if (!scope.isDiscovering) return { projects: [], removedDirs: [] };
  const rules = discoveryRules(tree, autoplanFileList);
  const isFree = discoverable(scope);
  const counting = change.paths.filter(rules.counts);
  const dependants = [...(await dependantsOf(change, counting))].toSorted();
  const places = [...counting.map(rules.placeOf), ...dependants.map((dir) => ({ dir, workspace: null }))];
  const workspaces = new Map<string, Set<string>>();
  const removedDirs: string[] = [];
  for (const place of places) {
    if (!place || !isFree(place.dir)) continue;
    if (change.removed.has(place.dir)) removedDirs.push(place.dir);
    else if (tree.hasDir(place.dir)) {
      const wanted = workspaces.get(place.dir) ?? new Set();
      workspaces.set(place.dir, wanted.add(place.workspace ?? 'default'));
    }
  }
  const named = (await change.look?.cloudWorkspaces([...workspaces.keys()])) ?? new Map<string, string>();
  const projects = [...workspaces].flatMap(([dir, wanted]) => {
    const own = named.get(dir);
    return (own === undefined ? [...wanted] : [own]).map((workspace) => unlistedProject(scope, dir, workspace));
  });
  return { projects, removedDirs };
}
