import { lstatSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import type { Tx } from '../../db/index.ts';
import { containedPath } from '../../git/index.ts';
import { errorText } from '../../lib/errors.ts';
import { currentState, type StateKey, saveState } from '../../states/index.ts';
import { localStatePath, readBackend } from '../../terraform/index.ts';
import { commandName } from '../command-name.ts';
import type { RunDeps } from '../deps.ts';
import type { StartedJob } from '../job-context.ts';
import type { StateFile } from '../job-files.ts';
import type { Place } from './engine-step.ts';

/** Who keeps the state of a project. */
export type KeptState =
  /** The project's own backend does, or its repository tracks the file. */
  | { readonly kind: 'elsewhere' }
  /** Polder does: the engine works on this file, which is put there before and taken from there after. */
  | {
      readonly kind: 'kept';
      readonly file: StateFile;
      /** What was put in place; undefined when the project had no state yet. */
      readonly content: Uint8Array | undefined;
    };

/**
 * Puts the kept state of a project without a backend in place, after `init`, which recorded whether there is one. A state
 * file that the repository tracks is left alone, with a warning in the log; one outside of the repository too.
 */
export async function placeState(deps: RunDeps, started: StartedJob, place: Place): Promise<KeptState> {
  const { workspace } = started.job.project;
  const path = localStatePath(place.projectDir, workspace, readBackend(place.projectDir));
  if (path === null) return { kind: 'elsewhere' };
  const inRepo = relative(place.checkout.dir, path);
  if (!staysInside(place.checkout.dir, dirname(inRepo))) return { kind: 'elsewhere' };
  if (isThere(path) && (await started.checkouts.isTracked(inRepo))) {
    started.writer.line(
      `polder: warning: the repository tracks the state file ${inRepo}; it is used as it is, and what an apply writes to it is lost`,
    );
    return { kind: 'elsewhere' };
  }
  const current = await currentState(deps.db, stateKey(started));
  // What an earlier run has left there does not count, and may be a link to anywhere.
  rmSync(path, { force: true });
  if (current) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, current.content, { mode: 0o600, flag: 'wx' });
  }
  return { kind: 'kept', file: { path, basedOn: current?.id ?? null }, content: current?.content };
}

/** Whether an engine has changed the state that was put in place for it. */
export function isChanged(state: Extract<KeptState, { kind: 'kept' }>, left: LeftState): boolean {
  if (left.kind !== 'read') return left.kind === 'unreadable' || state.content !== undefined;
  return state.content === undefined || Buffer.compare(left.content, state.content) !== 0;
}

/** What an engine left of a state file. */
export type LeftState =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly content: Uint8Array }
  | { readonly kind: 'unreadable'; readonly reason: string };

export async function readStateFile(file: Pick<StateFile, 'path'>): Promise<LeftState> {
  try {
    return { kind: 'read', content: await readFile(file.path) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'none' };
    return { kind: 'unreadable', reason: errorText(error) };
  }
}

/**
 * Saves it as part of the transaction that ends the job. A state that does not continue the one before is kept apart:
 * returns a sentence about that.
 */
export async function saveStateFile(
  tx: Tx,
  job: Pick<StartedJob, 'scope' | 'job'>,
  file: { left: LeftState; basedOn: number | null; now: number },
): Promise<string | undefined> {
  const { left, basedOn, now } = file;
  const after = `after the ${commandName(job.scope.run.kind)}`;
  switch (left.kind) {
    case 'none':
      return undefined;
    case 'unreadable':
      return `reading the state ${after}: ${left.reason}; the state from before stays in use`;
    case 'read': {
      const saved = await saveState(tx, stateKey(job), { content: left.content, basedOn, jobId: job.job.id, now });
      if (saved.kind !== 'conflict') return undefined;
      return `saving the state ${after}: ${saved.reason}; the new state is kept apart and the one before stays in use`;
    }
  }
}

export function stateKey({ scope, job }: Pick<StartedJob, 'scope' | 'job'>): StateKey {
  return { repoId: scope.repo.id, dir: job.project.dir, workspace: job.project.workspace };
}

/** Whether a folder, as far as it exists already, is in the checkout when every link has been followed. */
function staysInside(checkoutDir: string, folder: string): boolean {
  const found = containedPath(checkoutDir, folder);
  if (found.kind !== 'missing' || folder === '.') return found.kind === 'inside';
  return staysInside(checkoutDir, dirname(folder));
}

/** Also a link that leads nowhere is there. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
