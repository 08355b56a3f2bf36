import { baseBranchName } from '../../git/index.ts';
import type { VcsEvent } from '../index.ts';
import { toHostPull } from './current-pull.ts';
import { findRepository } from './find-repository.ts';
import { branchTips, mergeBase, type Source, sourceGit } from './source-git.ts';
import { insertPull, lockOpenings, type NewPull, selectPulls } from './store.ts';
import type { LocalPull, LocalPullDeps, PullRefusal } from './types.ts';

export type OpeningOrder = {
  readonly fullName: string;
  readonly headBranch: string;
  /** null: what HEAD of a bare repository names, else `main` or `master`. */
  readonly baseBranch: string | null;
  /** null: the first line of the newest commit's message. */
  readonly title: string | null;
  readonly author: string;
  readonly draft: boolean;
  readonly labels: readonly string[];
};

/** `event`: what was delivered with it. */
export type Opening = { readonly kind: 'opened'; readonly pull: LocalPull; readonly event: VcsEvent } | PullRefusal;

/** Opens a pull request, and delivers that in the same transaction. Two branches have at most one open at a time. */
export async function openLocalPull(deps: LocalPullDeps, order: OpeningOrder): Promise<Opening> {
  const repository = await findRepository(deps.reposDir, order.fullName);
  if (!repository) return refused('not_found', `local has no repository ${JSON.stringify(order.fullName)}`);
  const source = { git: deps.git, repository };
  const branches = await findBranches(source, order);
  if (branches.kind === 'refused') return branches;
  const { fullName, author, draft, labels } = order;
  const { headBranch, baseBranch, headSha, baseSha } = branches;
  const title = order.title ?? (await subjectOf(source, headSha));
  return store(deps, {
    ...{ fullName, title, author, draft, labels, createdAt: deps.now() },
    ...{ headBranch, baseBranch, headSha, baseSha },
  });
}

async function store(deps: LocalPullDeps, pull: NewPull): Promise<Opening> {
  const { fullName, headBranch, baseBranch } = pull;
  return deps.db.transaction(async (tx): Promise<Opening> => {
    await lockOpenings(tx, fullName);
    const [same] = await selectPulls(tx, { fullName, headBranch, baseBranch, state: 'open' });
    if (same)
      return refused('conflict', `pull request ${same.number} from ${headBranch} to ${baseBranch} is open already`);
    const opened = await insertPull(tx, pull);
    const event: VcsEvent = {
      kind: 'pull_opened',
      deliveryId: null,
      repoFullName: fullName,
      sender: pull.author,
      pull: toHostPull(deps, opened),
    };
    await deps.deliver(tx, event);
    return { kind: 'opened', pull: opened, event };
  });
}

type Branches =
  | ({ readonly kind: 'found' } & Pick<LocalPull, 'headBranch' | 'baseBranch' | 'headSha' | 'baseSha'>)
  | PullRefusal;

async function findBranches(source: Source, order: OpeningOrder): Promise<Branches> {
  const headBranch = baseBranchName(order.headBranch);
  if (headBranch === undefined) return noBranch(order.headBranch);
  const candidates = order.baseBranch === null ? await usualBases(source) : [baseBranchName(order.baseBranch)];
  const known = candidates.filter((name) => name !== undefined);
  const tips = await branchTips(source, [headBranch, ...known]);
  const baseBranch = known.find((name) => tips.has(name));
  const [headSha, baseSha] = [tips.get(headBranch), tips.get(baseBranch ?? '')];
  if (headSha === undefined) return noBranch(headBranch);
  if (baseBranch === undefined || baseSha === undefined) {
    return order.baseBranch === null ? noBranch('main', 'name the base branch') : noBranch(order.baseBranch);
  }
  if (headBranch === baseBranch) return refused('invalid', `${headBranch} cannot be merged into itself`);
  const common = await mergeBase(source, baseSha, headSha);
  if (common === undefined) return refused('invalid', `${headBranch} and ${baseBranch} have no history in common`);
  if (common === headSha) return refused('conflict', `${headBranch} has no commits that ${baseBranch} does not have`);
  return { kind: 'found', headBranch, baseBranch, headSha, baseSha };
}

/** HEAD of a repository with a work tree is what somebody works on: often the very branch of the pull request. */
async function usualBases(source: Source): Promise<readonly string[]> {
  const { path, gitDir } = source.repository;
  if (path !== gitDir) return ['main', 'master'];
  const args = ['symbolic-ref', '--quiet', '--short', 'HEAD'];
  const { stdout } = await sourceGit(source, 'reading HEAD', { args, codes: [0, 1] });
  const head = baseBranchName(stdout.trim());
  return head === undefined ? ['main', 'master'] : [head, 'main', 'master'];
}

const longestTitle = 255;

async function subjectOf(source: Source, sha: string): Promise<string> {
  const args = ['show', '--no-patch', '--no-show-signature', '--no-color', '--format=%s', sha];
  const { stdout } = await sourceGit(source, 'reading a commit', { args });
  return stdout.trim().slice(0, longestTitle) || sha;
}

function noBranch(name: string, hint?: string): PullRefusal {
  const message = `the repository has no branch ${JSON.stringify(name)}`;
  return refused('not_found', hint === undefined ? message : `${message}: ${hint}`);
}

function refused(reason: PullRefusal['reason'], message: string): PullRefusal {
  return { kind: 'refused', reason, message };
}
