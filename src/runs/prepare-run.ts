import { checkBaseBranch, fetchMirror, resolveRef } from '../git/index.ts';
import { checkSelection, loadConfig, loadTree, selectProjects } from '../projects/index.ts';
import { isForBaseBranch, mergeRepoConfig, type RepoRule, rulesForRepo } from '../repo-config/index.ts';
import { type Repo, repoSource } from '../repos/index.ts';
import type { RunDeps, RunSettings } from './deps.ts';
import type { Rejection, RequestedJob, Run, RunOrder, RunPull, RunRequest, RunTarget } from './types.ts';

/** What a request means: an exact commit and the projects, in order. */
export type PreparedRun = {
  readonly kind: 'prepared';
  readonly ref: string;
  readonly refKind: Run['refKind'];
  readonly commitSha: string;
  readonly baseBranch: string;
  readonly pull: RunPull | null;
  readonly jobs: readonly RequestedJob[];
  /** Null: as usual. */
  readonly order: RunOrder | null;
};

type Rejected = { readonly kind: 'rejected'; readonly reason: Rejection; readonly message: string };

/**
 * What the request's target is: as its caller selected it, or resolved against the host as it is now. Changes nothing but
 * the mirror of the repo.
 */
export async function prepareRun(deps: RunDeps, { repo, target }: RunRequest): Promise<PreparedRun | Rejected> {
  return target.kind === 'ref' ? resolveTarget(deps, repo, target) : selectedTarget(target);
}

function selectedTarget({ pull, commitSha, jobs, order }: Extract<RunTarget, { kind: 'pull' }>): PreparedRun {
  const { headBranch, baseBranch } = pull;
  return { kind: 'prepared', ref: headBranch, refKind: 'branch', commitSha, baseBranch, pull, jobs, order };
}

type RefTarget = Extract<RunTarget, { kind: 'ref' }>;

async function resolveTarget(deps: RunDeps, repo: Repo, target: RefTarget): Promise<PreparedRun | Rejected> {
  const wanted = checkSelection(target.selection);
  if (wanted.kind !== 'ok') return rejected(wanted.reason, wanted.message);
  const pull = await findPull(deps, repo, target);
  if (pull?.kind === 'rejected') return pull;
  const source = await repoSource(deps, repo);
  await fetchMirror(deps.git, { id: repo.id, fullName: repo.fullName, source });
  const resolved = await resolveRef(deps.git, repo.id, target.ref);
  if (resolved.kind === 'unsafe') return rejected('ref_unsafe', resolved.message);
  if (resolved.kind === 'unknown') return rejected('ref_unknown', resolved.message);
  const base = await checkBaseBranch(deps.git, {
    repoId: repo.id,
    ref: target.ref,
    resolved,
    baseBranch: target.baseBranch,
  });
  if (base.kind === 'refused') return rejected('base_branch_invalid', base.message);
  const commit = { repoId: repo.id, sha: resolved.sha };
  const rule = ruleForRepo(deps.settings, repo);
  const baseBranch = target.baseBranch || !pull ? base.baseBranch : pull.pull.baseBranch;
  if (pull && !isForBaseBranch(rule, pull.pull.baseBranch)) return leftOut(pull.pull);
  const loaded = await loadConfig(deps.git, commit, rule.repoConfigFile);
  if (loaded.kind === 'invalid') return notBuilt(loaded.message);
  const merged = mergeRepoConfig(rule, loaded.config, { baseBranch });
  if (merged.kind === 'invalid') return notBuilt(merged.message);
  const selected = selectProjects({
    config: loaded.config,
    configFile: rule.repoConfigFile,
    tree: await loadTree(deps.git, commit),
    baseBranch,
    settings: merged.repo,
    settingsOf: merged.settingsOf,
    autoplanFileList: deps.settings.autoplanFileList,
    selection: target.selection,
  });
  if (selected.kind === 'rejected') return rejected(selected.reason, selected.message);
  return {
    kind: 'prepared',
    ref: target.ref,
    refKind: resolved.ref.kind,
    commitSha: resolved.sha,
    baseBranch,
    pull: pull ? { ...pull.pull, headSha: resolved.sha, isAside: resolved.sha !== pull.pull.headSha } : null,
    jobs: selected.projects.map((project) => ({ project, planId: null })),
    order: { parallel: true, abortOnFail: merged.repo.abortOnExecutionOrderFail },
  };
}

function ruleForRepo({ serverRules, ruleDefaults }: RunSettings, repo: Repo): RepoRule {
  return rulesForRepo(serverRules, { repoId: `${repo.host}/${repo.fullName}`, defaults: ruleDefaults });
}

/** Begins as the answer of Atlantis's API does, which its clients know. */
function notBuilt(message: string): Rejected {
  return rejected('config_invalid', `failed to build command: ${message}`);
}

type FoundPull = { readonly kind: 'found'; readonly pull: RunPull };

/** Undefined when none is meant. */
async function findPull(
  deps: RunDeps,
  repo: Repo,
  { pullNumber }: RefTarget,
): Promise<FoundPull | Rejected | undefined> {
  if (pullNumber === null) return undefined;
  const host = deps.hosts.byType(repo.hostType);
  const pull = await host?.pulls?.getPull({ fullName: repo.fullName, number: pullNumber });
  if (!pull) return rejected('pull_unknown', `pull request ${pullNumber} not found`);
  if (!pull.open) return rejected('pull_closed', `pull request ${pullNumber} is closed`);
  const { number, url, headSha, headBranch, headRef, baseBranch } = pull;
  return { kind: 'found', pull: { number, url, headSha, headBranch, headRef, baseBranch, mergedInto: null } };
}

function leftOut({ number, baseBranch }: RunPull): Rejected {
  const message = `pull request ${number} is left out by the server's rules: its base branch is ${JSON.stringify(baseBranch)}`;
  return rejected('pull_left_out', message);
}

function rejected(reason: Rejection, message: string): Rejected {
  return { kind: 'rejected', reason, message };
}
