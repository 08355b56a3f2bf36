import type { Selection } from '../commands/index.ts';
import type { SelectionRejection, Target } from './check-selection.ts';
import type { Found } from './resolve-target.ts';
import { dirOf } from './tree.ts';
import type { Project } from './types.ts';

export type FileRestriction = {
  readonly target: Target;
  /** What the target was understood from. */
  readonly selection: Selection;
  readonly changedPaths: readonly string[];
};

/**
 * Lets nobody name what the pull request does not change: https://www.runatlantis.io/docs/server-configuration#restrict-file-list.
 * A folder must hold a changed file; a name must stand for all of them. Of what a pattern means, what holds one remains.
 */
export function restrictToFiles(found: Found, restriction: FileRestriction): Found {
  const { target, selection, changedPaths } = restriction;
  const changed = new Set(changedPaths.map(dirOf));
  const isDirNamed = selection.paths.some(({ directory }) => directory !== undefined);
  // Comes before what is wrong with the folder itself.
  const isElsewhere = target.kind === 'dir' && isDirNamed && !changed.has(target.dir);
  if (isElsewhere && found.kind !== 'ignored') return notInList(target.dir);
  if (found.kind !== 'found') return found;
  if (target.kind === 'name') return ofName(found.projects, target.name, changed);
  const touched = isDirNamed ? found.projects.filter(({ dir }) => changed.has(dir)) : found.projects;
  if (touched.length > 0 || found.projects.length === 0) return { kind: 'found', projects: touched };
  return notInList(target.kind === 'glob' ? target.pattern : target.dir);
}

function notInList(dir: string): SelectionRejection {
  return rejected(`the dir "${dir}" is not in the plan list of this pull request`);
}

function ofName(projects: readonly Project[], name: string, changed: ReadonlySet<string>): Found {
  const named = new Set(projects.map(({ dir }) => dir));
  const others = [...changed].filter((dir) => !named.has(dir));
  if (others.length > 0 && projects.length > 0) {
    return rejected(
      `the following directories are present in the pull request but not in the requested project:\n${others.join('\n')}`,
    );
  }
  if (projects.length < 2) return { kind: 'found', projects };
  const touched = projects.filter(({ dir }) => changed.has(dir));
  return touched.length > 0
    ? { kind: 'found', projects: touched }
    : rejected(`no modified files match requested project "${name}"`);
}

function rejected(message: string): SelectionRejection {
  return { kind: 'rejected', reason: 'project_unknown', message };
}
