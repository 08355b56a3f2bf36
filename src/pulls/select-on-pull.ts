import { changedPaths } from '../git/index.ts';
import {
  loadConfig,
  loadTree,
  lookIntoCommit,
  matchesDir,
  type Project,
  type PullSelectionTarget,
  selectForPull,
} from '../projects/index.ts';
import {
  branchTest,
  type ConfiguredProject,
  compileGlob,
  type MergedConfig,
  mergeRepoConfig,
  type RepoConfig,
  type RepoRule,
  type RepoSettings,
  rulesForRepo,
} from '../repo-config/index.ts';
import type { Repo } from '../repos/index.ts';
import type { Pull } from '../vcs/index.ts';
import type { PullDeps } from './deps.ts';
import { commitsOf, type EarlyFetch } from './fetch-pull.ts';

export type PullWish = {
  readonly live: Pull;
  readonly target: PullSelectionTarget;
  /** Only what the pull request changes may be named. */
  readonly restrictFileList: boolean;
  /** Aborts when nobody waits for it any more. */
  readonly signal: AbortSignal;
  readonly early?: EarlyFetch | undefined;
};

export type SelectedOnPull =
  | {
      readonly kind: 'selected';
      readonly commitSha: string;
      /** What the head was merged into; null when it is checked out itself. */
      readonly mergedInto: string | null;
      readonly repo: RepoSettings;
      /** In the order in which they are shown; may be none. */
      readonly projects: readonly Project[];
      /** Folders of projects that the pull request removes. */
      readonly removedDirs: readonly string[];
    }
  /** Nothing at all is to happen: the server's or the repository's rules leave it out. */
  | { readonly kind: 'ignored'; readonly note: string }
  /** `message` is what people are told. `absent`: the project that was named, whose folder is not there. */
  | { readonly kind: 'rejected'; readonly message: string; readonly absent?: Project };

/** The rule of the server for a repo. */
export function ruleOf(deps: Pick<PullDeps, 'pullSettings'>, repo: Repo): RepoRule {
  const { serverRules, ruleDefaults: defaults } = deps.pullSettings;
  return rulesForRepo(serverRules, { repoId: `${repo.host}/${repo.fullName}`, defaults });
}

type UnderstoodConfig =
  | { readonly kind: 'understood'; readonly config: RepoConfig | null; readonly merged: MergedConfig }
  | { readonly kind: 'rejected'; readonly message: string };

async function configAt(
  deps: PullDeps,
  repo: Repo,
  at: { readonly commitSha: string; readonly baseBranch: string },
): Promise<UnderstoodConfig> {
  const rule = ruleOf(deps, repo);
  const loaded = await loadConfig(deps.git, { repoId: repo.id, sha: at.commitSha }, rule.repoConfigFile);
  if (loaded.kind === 'invalid') return { kind: 'rejected', message: loaded.atlantisMessage };
  const merged = mergeRepoConfig(rule, loaded.config, at);
  if (merged.kind === 'invalid') return { kind: 'rejected', message: merged.atlantisMessage };
  return { kind: 'understood', config: loaded.config, merged };
}

/** What holds for a repository as a whole at a commit that the mirror has; undefined when its file is not valid there. */
export async function repoSettingsAt(
  deps: PullDeps,
  repo: Repo,
  at: { readonly commitSha: string; readonly baseBranch: string },
): Promise<RepoSettings | undefined> {
  const understood = await configAt(deps, repo, at);
  return understood.kind === 'understood' ? understood.merged.repo : undefined;
}

/**
 * Gives a project that was understood at that commit the settings that hold now: the server's rules may have changed since.
 * A file that the rules do not allow any more leaves nothing that may run.
 */
export async function settingsNow(
  deps: PullDeps,
  repo: Repo,
  at: { readonly commitSha: string; readonly baseBranch: string },
): Promise<(project: Project) => Project> {
  const understood = await configAt(deps, repo, at);
  if (understood.kind === 'rejected') return (project) => ({ ...project, unsupported: understood.message });
  const { config, merged } = understood;
  // Entries for other base branches are not held to the rules, and may bear the same names.
  const isForBranch = branchTest(at.baseBranch);
  const entries = config?.projects.filter(({ branch }) => isForBranch(branch));
  return (project) => ({ ...project, ...merged.settingsOf(entries?.find(isEntryOf(project)) ?? null) });
}

function isEntryOf({ name, dir, workspace }: Project): (entry: ConfiguredProject) => boolean {
  return (entry) => entry.name === name && entry.workspace === workspace && isForDir(entry, dir);
}

function isForDir(entry: ConfiguredProject, dir: string): boolean {
  if (!entry.isGlob) return entry.dir === dir;
  const glob = compileGlob(entry.dir);
  return glob !== undefined && matchesDir(glob, dir);
}

/** Finds what a command means on a pull request as it is now. Changes nothing but the mirror of the repo. */
export async function selectOnPull(
  deps: PullDeps,
  repo: Repo,
  { live, target, restrictFileList, signal, early }: PullWish,
): Promise<SelectedOnPull> {
  const rule = ruleOf(deps, repo);
  const commits = await commitsOf(deps, repo, { live, signal, early });
  if (commits.kind === 'rejected') return commits;
  const { commitSha, baseSha } = commits;
  const commit = { repoId: repo.id, sha: commitSha };
  const [understood, tree, paths] = await Promise.all([
    configAt(deps, repo, { commitSha, baseBranch: live.baseBranch }),
    loadTree(deps.git, commit),
    changedPaths(deps.git, repo.id, { base: baseSha, head: live.headSha }),
  ]);
  if (understood.kind === 'rejected') return understood;
  const { config, merged } = understood;
  const { settings, pullSettings } = deps;
  const selected = await selectForPull({
    config,
    configFile: rule.repoConfigFile,
    tree,
    baseBranch: live.baseBranch,
    settings: merged.repo,
    settingsOf: merged.settingsOf,
    autoplanFileList: settings.autoplanFileList,
    changedPaths: paths,
    target,
    wasListed: await listedBefore(deps, repo, { paths, baseSha, baseBranch: live.baseBranch }),
    enableRegexpCmd: pullSettings.enableRegexpCmd,
    restrictFileList,
    silenceNoProjects: pullSettings.silenceNoProjects,
    look: lookIntoCommit(deps, {
      repoId: repo.id,
      sha: commitSha,
      tree,
      distribution: settings.defaultDistribution,
      modulePatterns: pullSettings.modulePatterns,
    }),
  });
  switch (selected.kind) {
    case 'ignored':
      return { kind: 'ignored', note: 'the folder is among those that are ignored' };
    case 'rejected':
      return selected;
    case 'selected':
      return {
        kind: 'selected',
        commitSha,
        mergedInto: commitSha === live.headSha ? null : baseSha,
        repo: merged.repo,
        projects: selected.projects,
        removedDirs: selected.removedDirs,
      };
  }
}

/** Tells which folders the base branch lists. Looked at only where the configuration changes: else nothing is different. */
async function listedBefore(
  deps: PullDeps,
  repo: Repo,
  base: { readonly paths: readonly string[]; readonly baseSha: string; readonly baseBranch: string },
): Promise<(dir: string) => boolean> {
  const { repoConfigFile } = ruleOf(deps, repo);
  if (!base.paths.includes(repoConfigFile)) return () => false;
  const loaded = await loadConfig(deps.git, { repoId: repo.id, sha: base.baseSha }, repoConfigFile);
  const entries = loaded.kind === 'loaded' ? (loaded.config?.projects ?? []) : [];
  const isForBranch = branchTest(base.baseBranch);
  const listed = entries.filter(({ branch }) => isForBranch(branch));
  return (dir) => listed.some((entry) => isForDir(entry, dir));
}
