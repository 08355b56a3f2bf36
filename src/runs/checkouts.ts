import { type Checkout, listTree, openCheckout, releaseCheckout } from '../git/index.ts';
import type { RunScope } from './change-state.ts';
import type { RunDeps } from './deps.ts';

/** The checkouts of a run: one for each workspace, made when its first job needs it. */
export type RunCheckouts = {
  get(workspace: string): Promise<Checkout>;
  /** Whether the repository has this file, whatever has become of it in a checkout. Relative to its root. */
  isTracked(path: string): Promise<boolean>;
  /** Gives all of them back. */
  release(): Promise<void>;
};

/** Who a run's checkouts belong to, in git's books. */
export function checkoutOwner(runId: number): string {
  return `run-${runId}`;
}

export function createCheckouts(deps: RunDeps, scope: RunScope): RunCheckouts {
  const opened = new Map<string, Promise<Checkout>>();
  let tracked: Promise<ReadonlySet<string>> | undefined;
  const open = () =>
    openCheckout(deps.git, {
      repoId: scope.repo.id,
      sha: scope.run.commitSha,
      owner: checkoutOwner(scope.run.id),
    });
  return {
    get: (workspace) => {
      const known = opened.get(workspace) ?? open();
      opened.set(workspace, known);
      return known;
    },
    isTracked: async (path) => {
      const commit = { repoId: scope.repo.id, sha: scope.run.commitSha };
      tracked ??= listTree(deps.git, commit).then((entries) => new Set(entries.map((entry) => entry.path)));
      return (await tracked).has(path);
    },
    release: async () => {
      for (const checkout of await Promise.allSettled(opened.values())) {
        if (checkout.status === 'fulfilled') await releaseCheckout(deps.git, checkout.value);
      }
    },
  };
}
