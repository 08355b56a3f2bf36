import type { Selection } from '../commands/index.ts';
import { type AutodiscoverMode, compileGlob, type RepoConfig } from '../repo-config/index.ts';
import { checkSelection, type SelectionRejection, type Target } from './check-selection.ts';
import { type ConfiguredProjects, configuredProjects } from './configured-projects.ts';
import { dirMatcher, discoverProjects, isDiscoveryActive } from './discover-projects.ts';
import { plainProject } from './plain-project.ts';
import type { TreeView } from './tree.ts';
import type { Project } from './types.ts';

export type SelectionRequest = {
  readonly selection: Selection;
  /** Null when the commit has no configuration file. */
  readonly config: RepoConfig | null;
  /** The name of that file for people, there or not. */
  readonly configFile: string;
  readonly tree: TreeView;
  /** Entries of the configuration for other branches do not count. */
  readonly baseBranch: string;
  /** What the server decides where the configuration does not. */
  readonly defaults: { readonly autodiscoverMode: AutodiscoverMode; readonly autoplanFileList: readonly string[] };
};

export type SelectedProjects = {
  readonly kind: 'selected';
  /** In ascending order of their groups, otherwise as they were asked for; each once. Empty when all were ignored. */
  readonly projects: readonly Project[];
  /** Folders that were asked for and that `autodiscover.ignore_paths` leaves out. */
  readonly ignoredDirs: readonly string[];
};

/**
 * Which projects a selection by name and path means, in one commit. Pure. Names and folders are exact; folders with
 * `*`, `?` or `[` are patterns. A folder that the configuration does not list is a project with the server's defaults;
 * where the configuration lists it, its workspaces are the listed ones.
 */
export function selectProjects(request: SelectionRequest): SelectedProjects | SelectionRejection {
  const checked = checkSelection(request.selection);
  if (checked.kind === 'rejected') return checked;
  const { config, tree, baseBranch } = request;
  if (tree.hasFile('atlantis.yml')) {
    return notBuilt('config_invalid', 'found "atlantis.yml" as config file; rename using the .yaml extension');
  }
  const configured = config ? configuredProjects(config, { tree, baseBranch }) : noProjects;
  if (configured.kind === 'invalid') return notBuilt('config_invalid', configured.message);
  const hasGlob = checked.targets.some((target) => target.kind === 'glob');
  const scope: Scope = {
    ...request,
    configured,
    isIgnored: isDiscovering(request) ? dirMatcher(config?.ignorePaths ?? []) : () => false,
    discovered: hasGlob && isDiscovering(request) ? discovered(request, configured) : [],
  };
  const projects: Project[] = [];
  const ignoredDirs: string[] = [];
  for (const target of checked.targets) {
    const found = resolve(scope, target);
    if (found.kind === 'rejected') return found;
    if (found.kind === 'ignored') ignoredDirs.push(found.dir);
    else projects.push(...found.projects);
  }
  return { kind: 'selected', projects: inOrder(projects, config), ignoredDirs };
}

type Scope = SelectionRequest & {
  readonly configured: ConfiguredProjects;
  readonly isIgnored: (dir: string) => boolean;
  /** Looked for only when a pattern could match one of them. */
  readonly discovered: readonly Project[];
};
type Found =
  | { readonly kind: 'found'; readonly projects: readonly Project[] }
  | { readonly kind: 'ignored'; readonly dir: string }
  | SelectionRejection;

const noProjects: ConfiguredProjects = {
  kind: 'ok',
  projects: [],
  byName: new Map(),
  byDir: new Map(),
  otherBranches: { names: new Set(), dirs: new Set() },
};

/** Entries for other branches count here: a file that lists projects does not ask for discovery on any branch. */
function isDiscovering({ config, defaults }: SelectionRequest): boolean {
  return isDiscoveryActive(config?.autodiscoverMode ?? defaults.autodiscoverMode, (config?.projects.length ?? 0) > 0);
}

function resolve(scope: Scope, target: Target): Found {
  switch (target.kind) {
    case 'name':
      return byName(scope, target);
    case 'dir':
      return byDir(scope, target);
    case 'glob':
      return byGlob(scope, target);
  }
}

function byName(scope: Scope, target: Target & { kind: 'name' }): Found {
  const { configFile, configured } = scope;
  const { name, dir, workspace } = target;
  if (!scope.config) {
    const message = `cannot specify a project name unless an ${configFile} file exists to configure projects`;
    return notBuilt('project_unknown', message);
  }
  const project = name === '' ? undefined : configured.byName.get(name);
  const fits =
    project && (dir ?? project.dir) === project.dir && (workspace ?? project.workspace) === project.workspace;
  if (project && fits) return existing(scope, [project]);
  const isNarrowed = dir !== undefined || workspace !== undefined;
  const where = isNarrowed ? ` for dir: '${dir ?? ''}' workspace: '${workspace ?? ''}'` : '';
  const branch = configured.otherBranches.names.has(name) ? ` on branch: '${scope.baseBranch}'` : '';
  return notBuilt('project_unknown', `no project with name '${name}' is defined in '${configFile}'${where}${branch}`);
}

function byDir(scope: Scope, { dir, workspace }: Target & { kind: 'dir' }): Found {
  const { configFile, configured, config } = scope;
  const inDir = configured.byDir.get(dir) ?? [];
  const matching = inDir.filter((project) => project.workspace === workspace);
  if (matching.length === 1) return existing(scope, matching);
  if (matching.length > 1) {
    return notBuilt(
      'project_unknown',
      `must specify project name: more than one project defined in '${configFile}' matched dir: '${dir}' workspace: '${workspace}'`,
    );
  }
  if (inDir.length > 0) {
    const listed = [...new Set(inDir.map((project) => project.workspace))].join(', ');
    return notBuilt(
      'project_unknown',
      `running commands in workspace "${workspace}" is not allowed because this directory is only configured for the following workspaces: ${listed}`,
    );
  }
  if (configured.otherBranches.dirs.has(dir)) {
    const message = `no project is defined in '${configFile}' for dir: '${dir}' on branch: '${scope.baseBranch}'`;
    return notBuilt('project_unknown', message);
  }
  const absent = absence(scope, dir);
  if (absent) return absent;
  if (scope.isIgnored(dir)) return { kind: 'ignored', dir };
  return { kind: 'found', projects: [unlisted(config, dir, workspace)] };
}

function byGlob(scope: Scope, { pattern, workspace }: Target & { kind: 'glob' }): Found {
  const { config, configured } = scope;
  const glob = compileGlob(pattern);
  if (!glob) {
    const message = `invalid directory ${JSON.stringify(pattern)}: is not a valid pattern`;
    return { kind: 'rejected', reason: 'path_invalid', message };
  }
  const listed = configured.projects.filter((project) => project.workspace === workspace && glob.matches(project.dir));
  const unnamed = scope.discovered.filter((project) => glob.matches(project.dir));
  const projects = [...listed, ...unnamed.map(({ dir }) => unlisted(config, dir, workspace))];
  if (projects.length > 0) return existing(scope, projects);
  const message = `no project matches dir: '${pattern}' workspace: '${workspace}'`;
  return { kind: 'rejected', reason: 'dir_unknown', message };
}

function discovered({ tree, config, defaults }: SelectionRequest, configured: ConfiguredProjects): Project[] {
  return discoverProjects(tree, {
    mode: 'enabled',
    ignorePaths: config?.ignorePaths ?? [],
    configuredDirs: [...configured.byDir.keys(), ...configured.otherBranches.dirs],
    fileList: defaults.autoplanFileList,
  });
}

function unlisted(config: RepoConfig | null, dir: string, workspace: string): Project {
  const silencePrComments = config?.silencePrComments ?? null;
  return { ...plainProject(dir, workspace), silencePrComments, unsupported: config?.unsupported ?? null };
}

/** Listed folders may be gone from the tree. */
function existing(scope: Scope, projects: readonly Project[]): Found {
  const [absent] = projects.flatMap(({ dir }) => absence(scope, dir) ?? []);
  return absent ?? { kind: 'found', projects };
}

function absence({ tree }: Scope, dir: string): SelectionRejection | undefined {
  if (tree.hasDir(dir)) return undefined;
  if (!tree.leavesTree(dir))
    return { kind: 'rejected', reason: 'dir_unknown', message: `dir ${JSON.stringify(dir)} does not exist` };
  const message = `dir ${JSON.stringify(dir)} leads out of the repository through a symbolic link`;
  return { kind: 'rejected', reason: 'path_invalid', message };
}

function inOrder(projects: readonly Project[], config: RepoConfig | null): readonly Project[] {
  const once = new Map(
    projects.map((project) => [JSON.stringify([project.dir, project.workspace, project.name]), project]),
  );
  const sorted = [...once.values()].toSorted((a, b) => a.executionOrderGroup - b.executionOrderGroup);
  const hasGroups = sorted.some((project) => project.executionOrderGroup !== sorted[0]?.executionOrderGroup);
  if (!config?.abortOnExecutionOrderFail || !hasGroups) return sorted;
  // A failure would have to keep the later groups from running.
  const unsupported = `${config.file} sets "abort_on_execution_order_fail", which is not a key that this version of Polder can honour yet: select the projects of one execution_order_group at a time`;
  return sorted.map((project) => ({ ...project, unsupported: project.unsupported ?? unsupported }));
}

/** Begins as the answer of Atlantis's API does, which its clients know. */
function notBuilt(reason: 'project_unknown' | 'config_invalid', message: string): SelectionRejection {
  return { kind: 'rejected', reason, message: `failed to build command: ${message}` };
}
