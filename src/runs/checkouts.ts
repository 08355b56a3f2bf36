import { randomUUID } from 'node:crypto';
import { listTree, openCheckout, releaseCheckout } from '../git/index.ts';
import { errorText } from '../lib/errors.ts';
import { hasLivePlans } from '../plans/index.ts';
import type { RunScope } from './change-state.ts';
import type { RunDeps } from './deps.ts';
import { keepCheckout, type OwnedCheckout, takeKeptCheckout } from './kept-checkouts.ts';
import { provideCommit } from './provide-commit.ts';

/** `isUsed`: an earlier run of the pull request has worked in it, and left what it made. */
export type RunCheckout = OwnedCheckout & { readonly isUsed: boolean };

/** The checkouts of a run: one for each workspace, made when its first job needs it. */
export type RunCheckouts = {
  get(workspace: string): Promise<RunCheckout>;
  /** Whether the repository has this file, whatever has become of it in a checkout. Relative to its root. */
  isTracked(path: string): Promise<boolean>;
  /** Gives all of them back, or keeps them for the pull request while it has plans to apply in them. */
  release(): Promise<void>;
};

export function createCheckouts(deps: RunDeps, scope: RunScope): RunCheckouts {
  const { run, repo } = scope;
  const commit = { repoId: repo.id, sha: run.commitSha };
  const opened = new Map<string, Promise<RunCheckout>>();
  let provided: Promise<void> | undefined;
  let tracked: Promise<ReadonlySet<string>> | undefined;
  const provide = () => {
    provided ??= provideCommit(deps, scope);
    return provided;
  };
  const open = async (workspace: string): Promise<RunCheckout> => {
    const place = placeOf(scope, workspace);
    const kept = place && (await takeKeptCheckout(deps, place, run.commitSha));
    if (kept) return { ...kept, isUsed: true };
    await provide();
    const owner = `run-${run.id}-${randomUUID()}`;
    const checkout = await openCheckout(deps.git, { ...commit, owner });
    return { ...checkout, owner, isUsed: false };
  };
  return {
    get: (workspace) => {
      const known = opened.get(workspace) ?? open(workspace);
      opened.set(workspace, known);
      return known;
    },
    isTracked: async (path) => {
      tracked ??= provide()
        .then(() => listTree(deps.git, commit))
        .then((entries) => new Set(entries.map((entry) => entry.path)));
      return (await tracked).has(path);
    },
    release: async () => {
      for (const [workspace, opening] of opened) {
        const checkout = await opening.catch(() => undefined);
        if (checkout) await giveBack(deps, scope, { workspace, checkout });
      }
    },
  };
}

/** Where the run's pull request keeps its checkout. Runs of the API have their own: they may meet others. */
function placeOf({ run, repo }: RunScope, workspace: string) {
  if (run.trigger.kind !== 'pull' || run.pullNumber === null) return undefined;
  return { repoId: repo.id, pullNumber: run.pullNumber, workspace };
}

type Opened = { readonly workspace: string; readonly checkout: RunCheckout };

async function giveBack(deps: RunDeps, scope: RunScope, { workspace, checkout }: Opened): Promise<void> {
  const place = placeOf(scope, workspace);
  try {
    if (place && (await hasLivePlans(deps.db, { ...place, commitSha: checkout.sha }))) {
      return await keepCheckout(deps, place, checkout);
    }
  } catch (error) {
    deps.log.warn({ runId: scope.run.id, reason: errorText(error) }, 'keeping a checkout did not work');
  }
  await releaseCheckout(deps.git, checkout);
}
