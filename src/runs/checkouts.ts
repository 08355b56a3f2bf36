import { randomUUID } from 'node:crypto';
import { type Checkout, listTree, openCheckout, releaseCheckout } from '../git/index.ts';
import type { RunScope } from './change-state.ts';
import type { RunDeps } from './deps.ts';

/** A checkout with the name under which git's books have it, so that a later server can tell whether it is needed. */
export type RunCheckout = Checkout & { readonly owner: string };

/** The checkouts of a run: one for each workspace, made when its first job needs it. */
export type RunCheckouts = {
  get(workspace: string): Promise<RunCheckout>;
  /** Whether the repository has this file, whatever has become of it in a checkout. Relative to its root. */
  isTracked(path: string): Promise<boolean>;
  /** Gives all of them back. */
  release(): Promise<void>;
};

export function createCheckouts(deps: RunDeps, scope: RunScope): RunCheckouts {
  const opened = new Map<string, Promise<RunCheckout>>();
  let tracked: Promise<ReadonlySet<string>> | undefined;
  const open = async () => {
    const owner = `run-${scope.run.id}-${randomUUID()}`;
    const checkout = await openCheckout(deps.git, { repoId: scope.repo.id, sha: scope.run.commitSha, owner });
    return { ...checkout, owner };
  };
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
