import { compileGlob } from '../repo-config/index.ts';
import type { SelectionRejection, Target } from './check-selection.ts';
import { discoverDirs } from './discover-projects.ts';
import { unlistedProject } from './make-project.ts';
import type { SelectionScope } from './selection-scope.ts';
import type { Project } from './types.ts';

export type Found =
  | { readonly kind: 'found'; readonly projects: readonly Project[] }
  /** The folder is one that discovery leaves out. */
  | { readonly kind: 'ignored'; readonly dir: string }
  | SelectionRejection;

/**
 * What a target means. Names and folders are exact; a folder that is a pattern means what is listed and what can be
 * discovered. A folder that the configuration does not list is a project with what is set for the whole repo; where the
 * configuration lists it, its workspaces are the listed ones.
 */
export function resolveTarget(scope: SelectionScope, target: Target): Found {
  switch (target.kind) {
    case 'name':
      return byName(scope, target);
    case 'dir':
      return byDir(scope, target);
    case 'glob':
      return byGlob(scope, target);
  }
}

function byName(scope: SelectionScope, target: Target & { kind: 'name' }): Found {
  const { configFile, configured } = scope;
  const { name, dir, workspace } = target;
  if (!scope.config) {
    const message = `cannot specify a project name unless an ${configFile} file exists to configure projects`;
    return rejected('project_unknown', message);
  }
  const project = configured.byName.get(name);
  const fits =
    project && (dir ?? project.dir) === project.dir && (workspace ?? project.workspace) === project.workspace;
  if (project && fits) return existing(scope, [project]);
  const isNarrowed = dir !== undefined || workspace !== undefined;
  const where = isNarrowed ? ` for dir: '${dir ?? ''}' workspace: '${workspace ?? ''}'` : '';
  const branch = configured.otherBranches.names.has(name) ? ` on branch: '${scope.baseBranch}'` : '';
  return rejected('project_unknown', `no project with name '${name}' is defined in '${configFile}'${where}${branch}`);
}

function byDir(scope: SelectionScope, { dir, workspace }: Target & { kind: 'dir' }): Found {
  const { configFile, configured } = scope;
  const inDir = configured.byDir.get(dir) ?? [];
  const matching = inDir.filter((project) => project.workspace === workspace);
  if (matching.length === 1) return existing(scope, matching);
  if (matching.length > 1) {
    return rejected(
      'project_unknown',
      `must specify project name: more than one project defined in '${configFile}' matched dir: '${dir}' workspace: '${workspace}'`,
    );
  }
  if (inDir.length > 0) {
    const listed = [...new Set(inDir.map((project) => project.workspace))].join(', ');
    return rejected(
      'project_unknown',
      `running commands in workspace "${workspace}" is not allowed because this directory is only configured for the following workspaces: ${listed}`,
    );
  }
  if (configured.otherBranches.dirs.has(dir)) {
    const message = `no project is defined in '${configFile}' for dir: '${dir}' on branch: '${scope.baseBranch}'`;
    return rejected('project_unknown', message);
  }
  if (scope.isIgnored(dir)) return { kind: 'ignored', dir };
  return existing(scope, [unlistedProject(scope, dir, workspace)]);
}

function byGlob(scope: SelectionScope, { pattern, workspace }: Target & { kind: 'glob' }): Found {
  const { configured } = scope;
  const glob = compileGlob(pattern);
  if (!glob) return rejected('path_invalid', `invalid directory ${JSON.stringify(pattern)}: is not a valid pattern`);
  const listed = configured.projects.filter((project) => project.workspace === workspace && glob.matches(project.dir));
  const discovered = discoverDirs(scope).filter((dir) => glob.matches(dir));
  const projects = [...listed, ...discovered.map((dir) => unlistedProject(scope, dir, workspace))];
  if (projects.length > 0) return existing(scope, projects);
  // As Atlantis has it: a pattern that matches nothing is taken for the name of a folder.
  return notThere(unlistedProject(scope, pattern, workspace));
}

/** Listed folders may be gone from the tree. */
function existing({ tree }: SelectionScope, projects: readonly Project[]): Found {
  const absent = projects.find(({ dir }) => !tree.hasDir(dir));
  if (!absent) return { kind: 'found', projects };
  if (!tree.leavesTree(absent.dir)) return notThere(absent);
  const dir = JSON.stringify(absent.dir);
  return rejected('path_invalid', `dir ${dir} leads out of the repository through a symbolic link`);
}

function notThere(absent: Project): Found {
  return { ...rejected('dir_unknown', `dir ${JSON.stringify(absent.dir)} does not exist`), absent };
}

function rejected(reason: SelectionRejection['reason'], message: string): SelectionRejection {
  return { kind: 'rejected', reason, message };
}
