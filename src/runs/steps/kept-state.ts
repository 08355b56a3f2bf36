import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import type { Tx } from '../../db/index.ts';
import { currentState, type StateKey, saveState } from '../../states/index.ts';
import { localStatePath, readBackend } from '../../terraform/index.ts';
import type { RunDeps } from '../deps.ts';
import type { StartedJob } from '../job-context.ts';
import type { JobOutcome } from '../types.ts';
import type { Place } from './engine-step.ts';

/** Who keeps the state of a project. */
export type KeptState =
  /** The project's own backend does, or its repository tracks the file. */
  | { readonly kind: 'elsewhere' }
  /** Polder does: the engine works on this file, which is put there before and taken from there after. */
  | {
      readonly kind: 'kept';
      readonly path: string;
      /** What was put in place; undefined when the project had no state yet. */
      readonly content: Uint8Array | undefined;
    };

/** A state that is to be saved with the end of the job. */
export type StateToSave = {
  readonly key: StateKey;
  readonly content: Uint8Array;
  readonly jobId: number;
  readonly now: number;
};

/**
 * Puts the kept state of a project without a backend in place, after `init`, which recorded whether there is one. A state
 * file that the repository tracks is left alone, with a warning in the log.
 */
export async function placeState(deps: RunDeps, started: StartedJob, place: Place): Promise<KeptState> {
  const { workspace } = started.job.project;
  const path = localStatePath(place.projectDir, workspace, await readBackend(place.projectDir));
  const inRepo = path === null ? '..' : relative(place.checkout.dir, path);
  if (path === null || inRepo.startsWith('..')) return { kind: 'elsewhere' };
  if ((await exists(path)) && (await started.checkouts.isTracked(inRepo))) {
    started.writer.line(
      `polder: warning: the repository tracks the state file ${inRepo}; it is used as it is, and what an apply writes to it is lost`,
    );
    return { kind: 'elsewhere' };
  }
  const content = await currentState(deps.db, stateKey(started));
  if (content) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { mode: 0o600 });
  }
  return { kind: 'kept', path, content };
}

/** Reads the state that the engine left; undefined when it is not ours to keep, or there is none. */
export async function keepState(
  deps: Pick<RunDeps, 'now'>,
  started: Pick<StartedJob, 'scope' | 'job'>,
  state: KeptState,
): Promise<StateToSave | undefined> {
  if (state.kind === 'elsewhere') return undefined;
  try {
    const content = await readFile(state.path);
    return { key: stateKey(started), content, jobId: started.job.id, now: deps.now() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Saves it as part of the transaction that ends the job. A state that does not continue the one before is kept apart, and
 * the job then ends as failed, whatever its engine said: returns that outcome.
 */
export async function saveKeptState(
  tx: Tx,
  end: { state: StateToSave | undefined; outcome: JobOutcome },
): Promise<JobOutcome | undefined> {
  if (!end.state) return undefined;
  const saved = await saveState(tx, end.state.key, end.state);
  if (saved.kind !== 'conflict') return undefined;
  const message =
    `saving the state after the apply: ${saved.reason}; the new state is kept apart and the one before stays in use` +
    (end.outcome.kind === 'failed' ? ` (and before that: ${end.outcome.message})` : '');
  return { kind: 'failed', code: 'state_conflict', message };
}

function stateKey(started: Pick<StartedJob, 'scope' | 'job'>): StateKey {
  return {
    repoId: started.scope.repo.id,
    dir: started.job.project.dir,
    workspace: started.job.project.workspace,
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
