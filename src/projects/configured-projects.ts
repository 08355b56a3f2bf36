import { RE2JS } from 're2js';
import {
  type ConfigIssue,
  type ConfiguredProject,
  compileGlob,
  issuesMessage,
  type RepoConfig,
} from '../repo-config/index.ts';
import type { TreeView } from './tree.ts';
import type { Project } from './types.ts';

/** The listed projects as they stand for one commit and one base branch, in the order of the file. */
export type ConfiguredProjects = {
  readonly kind: 'ok';
  readonly projects: readonly Project[];
  readonly byName: ReadonlyMap<string, Project>;
  readonly byDir: ReadonlyMap<string, readonly Project[]>;
  /** Names and folders of entries that are there for other base branches only. */
  readonly otherBranches: { readonly names: ReadonlySet<string>; readonly dirs: ReadonlySet<string> };
};

type Entry = { readonly index: number; readonly line: number; readonly project: Project };

/**
 * Leaves out entries for other base branches, puts the folders that are there in the place of patterns, and checks how
 * what remains goes together. `invalid` carries the text of a configuration error.
 */
export function configuredProjects(
  config: RepoConfig,
  { tree, baseBranch }: { tree: TreeView; baseBranch: string },
): ConfiguredProjects | { readonly kind: 'invalid'; readonly message: string } {
  const entries: Entry[] = [];
  const others: Entry[] = [];
  const isForBranch = branchTest(baseBranch);
  for (const [index, configured] of config.projects.entries()) {
    const list = isForBranch(configured.branch) ? entries : others;
    for (const dir of dirsOf(configured, tree)) {
      list.push({ index, line: configured.line, project: projectOf(config, configured, dir) });
    }
  }
  const issues = [...sameNames(entries), ...sameFolders(entries)];
  if (issues.length > 0) return { kind: 'invalid', message: issuesMessage(config.file, issues) };
  const projects = entries.map((entry) => entry.project);
  return {
    kind: 'ok',
    projects,
    byName: new Map(projects.map((project) => [project.name, project])),
    byDir: groupByDir(projects),
    otherBranches: {
      names: new Set(others.map(({ project }) => project.name)),
      dirs: new Set(others.map(({ project }) => project.dir)),
    },
  };
}

/** Expressions are compiled once each: thousands of entries share a few. */
function branchTest(baseBranch: string): (branch: string | null) => boolean {
  const known = new Map<string, boolean>();
  return (branch) => {
    if (branch === null) return true;
    const matches = known.get(branch) ?? RE2JS.compile(branch).matcher(baseBranch).find();
    known.set(branch, matches);
    return matches;
  };
}

function dirsOf(configured: ConfiguredProject, tree: TreeView): readonly string[] {
  if (!configured.isGlob) return [configured.dir];
  const glob = compileGlob(configured.dir);
  // The root is what a pattern matches when it matches no part at all.
  return glob ? tree.projectDirs.filter((dir) => glob.matches(dir === '.' ? '' : dir)) : [];
}

function projectOf(config: RepoConfig, configured: ConfiguredProject, dir: string): Project {
  return {
    name: configured.name,
    dir,
    workspace: configured.workspace,
    terraformVersion: configured.terraformVersion,
    distribution: configured.distribution,
    executionOrderGroup: configured.executionOrderGroup,
    silencePrComments: configured.silencePrComments ?? config.silencePrComments,
    // What the root says about locks holds where the project says nothing.
    unsupported: configured.unsupported ?? (configured.repoLockMode === null ? config.unsupported : null),
  };
}

function sameNames(entries: readonly Entry[]): ConfigIssue[] {
  const seen = new Set<string>();
  return entries.flatMap(({ index, line, project: { name } }) => {
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

function sameFolders(entries: readonly Entry[]): ConfigIssue[] {
  const first = new Map<string, Project>();
  return entries.flatMap(({ index, line, project }) => {
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

function groupByDir(projects: readonly Project[]): Map<string, Project[]> {
  const groups = new Map<string, Project[]>();
  for (const project of projects) {
    const group = groups.get(project.dir);
    if (group) group.push(project);
    else groups.set(project.dir, [project]);
  }
  return groups;
}
