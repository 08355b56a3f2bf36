import type { Selection } from '../commands/index.ts';
import { checkSelection, type SelectionRejection } from './check-selection.ts';
import { resolveTarget } from './resolve-target.ts';
import { inOrder, openScope, type SelectionContext } from './selection-scope.ts';
import type { Project } from './types.ts';

export type SelectionRequest = SelectionContext & { readonly selection: Selection };

export type SelectedProjects = {
  readonly kind: 'selected';
  /** In ascending order of their groups, otherwise as they were asked for; each once. Empty when all were ignored. */
  readonly projects: readonly Project[];
  /** Folders that were asked for and that `autodiscover.ignore_paths` leaves out. */
  readonly ignoredDirs: readonly string[];
};

/**
 * Which projects a selection by name and path means, in one commit, for a caller of the API. Pure. Names and folders are
 * exact; folders with `*`, `?` or `[` are patterns. A folder that the configuration does not list is a project with
 * what is set for the whole repo; where the configuration lists it, its workspaces are the listed ones.
 */
export function selectProjects(request: SelectionRequest): SelectedProjects | SelectionRejection {
  const checked = checkSelection(request.selection);
  if (checked.kind === 'rejected') return checked;
  const scope = openScope(request);
  if (scope.kind === 'invalid') return notBuilt({ reason: 'config_invalid', message: scope.message });
  const projects: Project[] = [];
  const ignoredDirs: string[] = [];
  for (const target of checked.targets) {
    const found = resolveTarget(scope, target);
    if (found.kind === 'rejected') return found.reason === 'project_unknown' ? notBuilt(found) : found;
    if (found.kind === 'ignored') ignoredDirs.push(found.dir);
    else projects.push(...found.projects);
  }
  return { kind: 'selected', projects: inOrder(projects), ignoredDirs };
}

/** Begins as the answer of Atlantis's API does, which its clients know. */
function notBuilt({ reason, message }: Pick<SelectionRejection, 'reason' | 'message'>): SelectionRejection {
  return { kind: 'rejected', reason, message: `failed to build command: ${message}` };
}
