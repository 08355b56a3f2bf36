import type { Selection } from '../commands/index.ts';
import type { PullSelectionTarget } from '../projects/index.ts';

/** Whether a command names neither a project nor a folder, so that it means the whole pull request. */
export function isUntargeted({ projects, paths }: Pick<Selection, 'projects' | 'paths'>): boolean {
  return projects.length === 0 && paths.length === 0;
}

/** What a comment means by what it names. */
export function targetOf(selection: Selection): PullSelectionTarget {
  return isUntargeted(selection) ? { kind: 'all' } : { kind: 'selection', selection };
}
