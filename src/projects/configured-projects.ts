import {
  branchTest,
  type ConfigIssue,
  type ConfiguredProject,
  compileGlob,
  type Glob,
  issuesMessage,
  type ProjectSettings,
  type RepoConfig,
} from '../repo-config/index.ts';
import { listedProject } from './make-project.ts';
import { compilePathRules } from './path-rules.ts';
import type { TreeView } from './tree.ts';
import type { Project } from './types.ts';

/** The listed projects as they stand for one commit and one base branch, in the order of the file. */
export type ConfiguredProjects = {
  readonly kind: 'ok';
  readonly entries: readonly ConfiguredEntry[];
  readonly projects: readonly Project[];
  /** Those that have a name. */
  readonly byName: ReadonlyMap<string, Project>;
  readonly byDir: ReadonlyMap<string, readonly Project[]>;
  /** Names and folders of entries that are there for other base branches only. */
  readonly otherBranches: { readonly names: ReadonlySet<string>; readonly dirs: ReadonlySet<string> };
};

/** One entry of the file. */
export type ConfiguredEntry = {
  readonly isAutoplanned: boolean;
  /** The folders that it is for, when it names them by a pattern. */
  readonly glob: Glob | null;
  /** One for each folder. */
  readonly projects: readonly Project[];
};

/** Two texts of one mistake: see `InvalidDocument`. */
export type InvalidConfig = { readonly kind: 'invalid'; readonly message: string; readonly atlantisMessage: string };

export const noConfiguredProjects: ConfiguredProjects = {
  kind: 'ok',
  entries: [],
  projects: [],
  byName: new Map(),
  byDir: new Map(),
  otherBranches: { names: new Set(), dirs: new Set() },
};

type Scope = {
  readonly tree: TreeView;
  readonly baseBranch: string;
  readonly settingsOf: (project: ConfiguredProject | null) => ProjectSettings;
};

type Placed = ConfiguredEntry & { readonly index: number; readonly line: number };

/**
 * Leaves out entries for other base branches, puts the folders that are there in the place of patterns, and checks how
 * what remains goes together.
 */
export function configuredProjects(config: RepoConfig, scope: Scope): ConfiguredProjects | InvalidConfig {
  const entries: Placed[] = [];
  const others: Placed[] = [];
  const isForBranch = branchTest(scope.baseBranch);
  for (const [index, configured] of config.projects.entries()) {
    const list = isForBranch(configured.branch) ? entries : others;
    list.push(place(configured, index, scope));
  }
  const ofAtlantis = [...sameNames(entries), ...sameFolders(entries)];
  const issues = [...ofAtlantis, ...badPatterns(entries)];
  if (issues.length > 0) {
    const message = issuesMessage(config.file, issues);
    const [first] = ofAtlantis;
    return { kind: 'invalid', message, atlantisMessage: first ? `parsing ${config.file}: ${first.message}` : message };
  }
  const projects = entries.flatMap((entry) => entry.projects);
  const ofOthers = others.flatMap((entry) => entry.projects);
  return {
    kind: 'ok',
    entries,
    projects,
    byName: new Map(projects.filter(({ name }) => name !== '').map((project) => [project.name, project])),
    byDir: groupByDir(projects),
    otherBranches: {
      names: new Set(ofOthers.map(({ name }) => name)),
      dirs: new Set(ofOthers.map(({ dir }) => dir)),
    },
  };
}

function place(configured: ConfiguredProject, index: number, scope: Scope): Placed {
  const glob = configured.isGlob ? (compileGlob(configured.dir) ?? null) : null;
  const dirs = configured.isGlob
    ? scope.tree.projectDirs.filter((dir) => glob && matchesDir(glob, dir))
    : [configured.dir];
  return {
    index,
    line: configured.line,
    isAutoplanned: configured.autoplan.enabled,
    glob,
    projects: dirs.map((dir) => listedProject(scope, configured, dir)),
  };
}

/** The root is what a pattern matches when it matches no part at all. */
export function matchesDir(glob: Glob, dir: string): boolean {
  return glob.matches(dir === '.' ? '' : dir);
}

function sameNames(entries: readonly Placed[]): ConfigIssue[] {
  const seen = new Set<string>();
  return entries.flatMap(({ index, line, projects: [first] }) => {
    const name = first?.name ?? '';
    if (name === '' || !seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [
      {
        line,
        key: `projects[${index}].name`,
        message: `found two or more projects with name ${JSON.stringify(name)}; project names must be unique`,
      },
    ];
  });
}

function sameFolders(entries: readonly Placed[]): ConfigIssue[] {
  const first = new Map<string, Project>();
  const placed = entries.flatMap(({ index, line, projects }) => projects.map((project) => ({ index, line, project })));
  return placed.flatMap(({ index, line, project }) => {
    const key = JSON.stringify([project.dir, project.workspace]);
    const earlier = first.get(key);
    if (!earlier) first.set(key, project);
    if (!earlier || (earlier.name !== '' && project.name !== '')) return [];
    const what = `dir: ${JSON.stringify(project.dir)} workspace: ${JSON.stringify(project.workspace)}`;
    return [
      {
        line,
        key: `projects[${index}]`,
        message: `there are two or more projects with ${what} that are not all named; they must have a 'name' key so they can be targeted for apply's separately`,
      },
    ];
  });
}

/** Lists of patterns are mostly the same one. */
function badPatterns(entries: readonly Placed[]): ConfigIssue[] {
  const known = new Map<readonly string[], string | undefined>();
  return entries.flatMap(({ index, line, projects: [first] }) => {
    const patterns = first?.whenModified;
    if (!patterns) return [];
    if (!known.has(patterns)) {
      const compiled = compilePathRules(patterns);
      known.set(patterns, compiled.kind === 'invalid' ? compiled.pattern : undefined);
    }
    const bad = known.get(patterns);
    if (bad === undefined) return [];
    const message = `${JSON.stringify(bad)} is not a valid pattern`;
    return [{ line, key: `projects[${index}].autoplan.when_modified`, message }];
  });
}

function groupByDir(projects: readonly Project[]): Map<string, Project[]> {
  const groups = new Map<string, Project[]>();
  for (const project of projects) {
    const group = groups.get(project.dir);
    if (group) group.push(project);
    else groups.set(project.dir, [project]);
  }
  return groups;
}
