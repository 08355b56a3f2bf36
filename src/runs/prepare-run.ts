import { checkBaseBranch, fetchMirror, listTree, readFile, readLinks, resolveRef } from '../git/index.ts';
import { checkSelection, selectProjects, type TreeView, treeOf } from '../projects/index.ts';
import { parseRepoConfig, type RepoConfig } from '../repo-config/index.ts';
import { type Repo, repoSource } from '../repos/index.ts';
import type { RunDeps } from './deps.ts';
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

const configFile = 'atlantis.yaml';
/** A thousand projects take about 100 kB; the limit is there for files that are not configuration. */
const configMaxBytes = 10 * 1024 * 1024;

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
  const config = await loadConfig(deps, commit);
  if (config.kind === 'rejected') return config;
  const selected = selectProjects({
    config: config.config,
    configFile,
    tree: await readTree(deps, commit),
    selection: target.selection,
    baseBranch: base.baseBranch,
    defaults: { autodiscoverMode: deps.settings.autodiscoverMode, autoplanFileList: deps.settings.autoplanFileList },
  });
  if (selected.kind === 'rejected') return rejected(selected.reason, selected.message);
  return {
    kind: 'prepared',
    ref: target.ref,
    refKind: resolved.ref.kind,
    commitSha: resolved.sha,
    baseBranch: base.baseBranch,
    pull: pull?.pull ?? null,
    jobs: selected.projects.map((project) => ({ project, planId: null })),
    order: null,
  };
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
  const { number, url, headSha, headBranch, headRef, baseBranch } = pull;
  return { kind: 'found', pull: { number, url, headSha, headBranch, headRef, baseBranch, mergedInto: null } };
}

type LoadedConfig = { readonly kind: 'loaded'; readonly config: RepoConfig | null } | Rejected;

type Commit = { readonly repoId: number; readonly sha: string };

async function loadConfig(deps: RunDeps, commit: Commit): Promise<LoadedConfig> {
  const file = await readFile(deps.git, commit, { path: configFile, maxBytes: configMaxBytes });
  switch (file.kind) {
    case 'missing':
      return { kind: 'loaded', config: null };
    case 'not_a_file':
      return rejected('config_invalid', `reading ${configFile}: expected a file, found a link or a folder`);
    case 'too_large':
      return rejected(
        'config_invalid',
        `reading ${configFile}: the file has ${file.size} bytes, more than the ${configMaxBytes} that are read`,
      );
    case 'file': {
      const parsed = parseRepoConfig({ text: file.text, file: configFile });
      if (parsed.kind === 'invalid') return rejected('config_invalid', `failed to build command: ${parsed.message}`);
      return { kind: 'loaded', config: parsed.config };
    }
  }
}

async function readTree(deps: RunDeps, commit: Commit): Promise<TreeView> {
  const entries = await listTree(deps.git, commit);
  const links = entries.filter((entry) => entry.kind === 'symlink');
  return treeOf(
    entries.map((entry) => entry.path),
    await readLinks(deps.git, commit.repoId, links),
  );
}

function rejected(reason: Rejection, message: string): Rejected {
  return { kind: 'rejected', reason, message };
}
