import { checkBaseBranch, fetchMirror, listTree, readFile, resolveRef } from '../git/index.ts';
import { checkSelection, type Project, selectProjects, type TreeView, treeOf } from '../projects/index.ts';
import { parseRepoConfig, type RepoConfig } from '../repo-config/index.ts';
import { repoSource } from '../repos/index.ts';
import type { RunDeps } from './deps.ts';
import type { Rejection, Run, RunRequest } from './types.ts';

/** What a request means: an exact commit and the projects, in order. */
export type PreparedRun = {
  readonly kind: 'prepared';
  readonly commitSha: string;
  readonly refKind: Run['refKind'];
  readonly baseBranch: string;
  readonly projects: readonly Project[];
};

type Rejected = { readonly kind: 'rejected'; readonly reason: Rejection; readonly message: string };

const configFile = 'atlantis.yaml';
/** A thousand projects take about 100 kB; the limit is there for files that are not configuration. */
const configMaxBytes = 10 * 1024 * 1024;

/** Resolves the request against the host as it is now. Changes nothing but the mirror of the repo. */
export async function prepareRun(deps: RunDeps, request: RunRequest): Promise<PreparedRun | Rejected> {
  const wanted = checkSelection(request.selection);
  if (wanted.kind !== 'ok') return rejected(wanted.reason, wanted.message);
  const unknownPull = await checkPull(deps, request);
  if (unknownPull) return unknownPull;
  const source = await repoSource(deps, request.repo);
  await fetchMirror(deps.git, { id: request.repo.id, fullName: request.repo.fullName, source });
  const resolved = await resolveRef(deps.git, request.repo.id, request.ref);
  if (resolved.kind === 'unsafe') return rejected('ref_unsafe', resolved.message);
  if (resolved.kind === 'unknown') return rejected('ref_unknown', resolved.message);
  const base = await checkBaseBranch(deps.git, {
    repoId: request.repo.id,
    ref: request.ref,
    resolved,
    baseBranch: request.baseBranch,
  });
  if (base.kind === 'refused') return rejected('base_branch_invalid', base.message);
  const commit = { repoId: request.repo.id, sha: resolved.sha };
  const config = await loadConfig(deps, commit);
  if (config.kind === 'rejected') return config;
  const selected = selectProjects({
    config: config.config,
    configFile,
    tree: await readTree(deps, commit),
    selection: request.selection,
    baseBranch: base.baseBranch,
    defaults: { autodiscoverMode: deps.settings.autodiscoverMode, autoplanFileList: deps.settings.autoplanFileList },
  });
  if (selected.kind === 'rejected') return rejected(selected.reason, selected.message);
  return {
    kind: 'prepared',
    commitSha: resolved.sha,
    refKind: resolved.ref.kind,
    baseBranch: base.baseBranch,
    projects: selected.projects,
  };
}

async function checkPull(deps: RunDeps, request: RunRequest): Promise<Rejected | undefined> {
  const { repo, pullNumber } = request;
  if (pullNumber === null) return undefined;
  const host = deps.hosts.byType(repo.hostType);
  const pull = await host?.pulls?.getPull({ fullName: repo.fullName, number: pullNumber });
  return pull ? undefined : rejected('pull_unknown', `pull request ${pullNumber} not found`);
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
  const symlinks = entries.filter((entry) => entry.kind === 'symlink').map((entry) => entry.path);
  return treeOf(
    entries.map((entry) => entry.path),
    { symlinks },
  );
}

function rejected(reason: Rejection, message: string): Rejected {
  return { kind: 'rejected', reason, message };
}
