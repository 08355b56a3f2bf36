import type { PathSelector, Selection } from '../commands/index.ts';
import { cleanDir, isGlob, workspaceRule } from '../repo-config/index.ts';
import type { Project } from './types.ts';

/** Why a selection means nothing that could be run. */
export type SelectionRejection = {
  readonly kind: 'rejected';
  readonly reason: 'project_unknown' | 'path_invalid' | 'dir_unknown' | 'selection_empty' | 'config_invalid';
  /** A whole sentence for the caller, in Atlantis's words where it has some. */
  readonly message: string;
  /** With `dir_unknown`: the project that was meant, whose folder is not there. */
  readonly absent?: Project;
};

/** One thing that was asked for: folders cleaned, nothing looked up yet. */
export type Target =
  | {
      readonly kind: 'name';
      readonly name: string;
      readonly dir: string | undefined;
      readonly workspace: string | undefined;
    }
  | { readonly kind: 'dir'; readonly dir: string; readonly workspace: string }
  | { readonly kind: 'glob'; readonly pattern: string; readonly workspace: string };

/**
 * Looks at a selection before anything is fetched or read for it. Refuses one that is empty, a folder that is absolute
 * or could leave the repo, and a workspace that Terraform or a file system could take for something else.
 */
export function checkSelection(
  selection: Selection,
): { readonly kind: 'ok'; readonly targets: readonly Target[] } | SelectionRejection {
  const targets: Target[] = selection.projects.map((name) => ({
    kind: 'name',
    name,
    dir: undefined,
    workspace: undefined,
  }));
  for (const path of selection.paths) {
    const target = targetOf(path);
    if (target.kind === 'rejected') return target;
    targets.push(target);
  }
  if (targets.length === 0) {
    return rejected(
      'selection_empty',
      'nothing is selected: name at least one project in Projects or one path in Paths',
    );
  }
  return { kind: 'ok', targets };
}

function targetOf(path: PathSelector): Target | SelectionRejection {
  const written = path.directory?.replace(/\/+$/, '') ?? '';
  const workspace = path.workspace ?? '';
  const problem = workspaceRule(workspace);
  if (problem) return rejected('path_invalid', `invalid workspace ${JSON.stringify(workspace)}: ${problem}`);
  const reason = dirProblem(written);
  if (reason) return rejected('path_invalid', `invalid directory ${JSON.stringify(path.directory)}: ${reason}`);
  const dir = cleanDir(written);
  if (path.projectName) {
    return {
      kind: 'name',
      name: path.projectName,
      dir: written === '' ? undefined : dir,
      workspace: workspace === '' ? undefined : workspace,
    };
  }
  if (written === '' && workspace === '') {
    return rejected('selection_empty', 'a path selects nothing: give it a directory, a workspace or both');
  }
  return isGlob(dir)
    ? { kind: 'glob', pattern: dir, workspace: workspace || 'default' }
    : { kind: 'dir', dir, workspace: workspace || 'default' };
}

function dirProblem(dir: string): string | undefined {
  if (dir.startsWith('/')) return 'must be relative to the root of the repository';
  if (dir.split('/').includes('..')) return "cannot contain '..'";
  if (dir.includes('\\')) return "cannot contain '\\'";
  if (/\p{Cc}/u.test(dir)) return 'cannot contain control characters';
  return undefined;
}

function rejected(reason: SelectionRejection['reason'], message: string): SelectionRejection {
  return { kind: 'rejected', reason, message };
}
