import type { ConfiguredProject, ProjectSettings, RepoConfig, RepoSettings } from '../repo-config/index.ts';
import {
  type ConfiguredProjects,
  configuredProjects,
  type InvalidConfig,
  noConfiguredProjects,
} from './configured-projects.ts';
import { dirMatcher, isDiscoveryActive } from './discover-projects.ts';
import type { TreeView } from './tree.ts';
import type { Project } from './types.ts';

/** One commit, as it is seen from one base branch. */
export type SelectionContext = {
  /** Null when the commit has no configuration file. */
  readonly config: RepoConfig | null;
  /** The name of that file for people, there or not. */
  readonly configFile: string;
  readonly tree: TreeView;
  /** Entries of the configuration for other branches do not count. */
  readonly baseBranch: string;
  /** The server's rules and the configuration put together, as `mergeRepoConfig` does: for the repo as a whole … */
  readonly settings: Pick<RepoSettings, 'autodiscoverMode' | 'ignorePaths' | 'allowedRegexpPrefixes'>;
  /** … and for each project, null for those that are not listed. */
  readonly settingsOf: (project: ConfiguredProject | null) => ProjectSettings;
  /** Patterns of the files that make their folder a project, in the form of a `.dockerignore` file. */
  readonly autoplanFileList: readonly string[];
};

/** The same, looked into as far as every selection needs it. */
export type SelectionScope = SelectionContext & {
  readonly kind: 'ok';
  readonly configured: ConfiguredProjects;
  readonly isDiscovering: boolean;
  /** Whether discovery leaves the folder out. False for all when there is no discovery. */
  readonly isIgnored: (dir: string) => boolean;
};

export function openScope(context: SelectionContext): SelectionScope | InvalidConfig {
  const { config, tree, settings } = context;
  if (tree.hasFile('atlantis.yml')) {
    const found = 'found "atlantis.yml" as config file; rename using the .yaml extension';
    const message = `looking for '${context.configFile}' file in '.': ${found}`;
    return { kind: 'invalid', message, atlantisMessage: message };
  }
  const configured = config ? configuredProjects(config, context) : noConfiguredProjects;
  if (configured.kind === 'invalid') return configured;
  // Entries for other branches count: a file that lists projects does not ask for discovery on any branch.
  const isDiscovering = isDiscoveryActive(settings.autodiscoverMode, (config?.projects.length ?? 0) > 0);
  const isIgnored = isDiscovering ? dirMatcher(settings.ignorePaths) : () => false;
  return { ...context, kind: 'ok', configured, isDiscovering, isIgnored };
}

/** Each project once, in ascending order of their groups, otherwise in the order given. */
export function inOrder(projects: readonly Project[]): readonly Project[] {
  const once = new Map(projects.map((project) => [projectKey(project), project]));
  return [...once.values()].toSorted((a, b) => a.executionOrderGroup - b.executionOrderGroup);
}

function projectKey({ dir, workspace, name }: Project): string {
  return JSON.stringify([dir, workspace, name]);
}
