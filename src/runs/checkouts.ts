import { randomUUID } from 'node:crypto';
import { listTree, openCheckout, releaseCheckout } from '../git/index.ts';
import { errorText, isPolderError } from '../lib/errors.ts';
import { hasLivePlans } from '../plans/index.ts';
import type { RunScope } from './change-state.ts';
import type { RunDeps } from './deps.ts';
import { keepCheckout, type OwnedCheckout, takeKeptCheckout } from './kept-checkouts.ts';
import { provideCommit } from './provide-commit.ts';

export type RunCheckout = OwnedCheckout;

type ProjectPlace = { readonly dir: string; readonly workspace: string };

/** The checkouts of a run: one for each workspace, made when its first job needs it. */
export type RunCheckouts = {
  get(workspace: string): Promise<RunCheckout>;
  /** Whether the repository has this file, whatever has become of it in a checkout. Relative to its root. */
  isTracked(path: string): Promise<boolean>;
  /** Notes that `init` went well in a project's folder. */
  noteInit(place: ProjectPlace): void;
  /** Whether it did: in this run, or in an earlier one of the pull request that worked in the same checkout. */
  isInitialised(place: ProjectPlace): boolean;
  /** Gives all of them back, or keeps them for the pull request while it has plans to apply in them. */
  release(): Promise<void>;
};

export function createCheckouts(deps: RunDeps, scope: RunScope): RunCheckouts {
  const { run, repo } = scope;
  const commit = { repoId: repo.id, sha: run.commitSha };
  const opened = new Map<string, Promise<Opened>>();
  const initialised = createPlaces();
  let provided: Promise<void> | undefined;
  let tracked: Promise<ReadonlySet<string>> | undefined;
  const provide = () => {
    provided ??= provideCommit(deps, scope);
    return provided;
  };
  const open = async (workspace: string): Promise<Opened> => {
    const place = placeOf(scope, workspace);
    const kept = place && (await takeKeptCheckout(deps, place, run.commitSha));
    for (const dir of kept?.initialised ?? []) initialised.add({ dir, workspace });
    if (kept) return { workspace, checkout: kept.checkout };
    const owner = `run-${run.id}-${randomUUID()}`;
    const make = async () => {
      await provide();
      return openCheckout(deps.git, { ...commit, owner });
    };
    const made = await make().catch((error: unknown) => {
      if (!isPolderError(error, 'git_failed') || error.details.isPassing !== true) throw error;
      // The mirror turned out to be damaged, and is made again when the commit is asked for.
      provided = undefined;
      return make();
    });
    return { workspace, checkout: { ...made, owner } };
  };
  return {
    get: async (workspace) => {
      const known = opened.get(workspace) ?? open(workspace);
      opened.set(workspace, known);
      try {
        return (await known).checkout;
      } catch (error) {
        // Another job may have more luck: the disk was full, say.
        if (opened.get(workspace) === known) opened.delete(workspace);
        throw error;
      }
    },
    isTracked: async (path) => {
      tracked ??= provide()
        .then(() => listTree(deps.git, commit))
        .then((entries) => new Set(entries.map((entry) => entry.path)));
      return (await tracked).has(path);
    },
    noteInit: initialised.add,
    isInitialised: initialised.has,
    release: async () => {
      for (const opening of await Promise.allSettled(opened.values())) {
        if (opening.status === 'fulfilled') await giveBack(deps, scope, { ...opening.value, initialised });
      }
    },
  };
}

type Opened = { readonly workspace: string; readonly checkout: RunCheckout };

/** Project folders, by workspace. */
type Places = ReturnType<typeof createPlaces>;

function createPlaces() {
  const dirs = new Map<string, Set<string>>();
  return {
    add: ({ workspace, dir }: ProjectPlace): void => {
      const known = dirs.get(workspace) ?? new Set();
      dirs.set(workspace, known.add(dir));
    },
    has: ({ workspace, dir }: ProjectPlace): boolean => dirs.get(workspace)?.has(dir) ?? false,
    in: (workspace: string): string[] => [...(dirs.get(workspace) ?? [])],
  };
}

/** Where the run's pull request keeps its checkout. Runs of the API have their own: they may meet others. */
function placeOf({ run, repo }: RunScope, workspace: string) {
  if (run.trigger.kind !== 'pull' || run.pullNumber === null) return undefined;
  return { repoId: repo.id, pullNumber: run.pullNumber, workspace };
}

async function giveBack(deps: RunDeps, scope: RunScope, given: Opened & { initialised: Places }): Promise<void> {
  const { workspace, checkout, initialised } = given;
  const place = placeOf(scope, workspace);
  try {
    if (place && (await hasLivePlans(deps.db, { ...place, commitSha: checkout.sha }))) {
      return await keepCheckout(deps, place, { checkout, initialised: initialised.in(workspace) });
    }
  } catch (error) {
    deps.log.warn({ runId: scope.run.id, reason: errorText(error) }, 'keeping a checkout did not work');
  }
  await releaseCheckout(deps.git, checkout);
}
