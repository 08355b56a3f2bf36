import { createHash } from 'node:crypto';
import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DbHandle } from '../db/index.ts';
import { type Checkout, releaseCheckout } from '../git/index.ts';
import { hasLivePlans } from '../plans/index.ts';
import type { RunDeps } from './deps.ts';

/*
 * Between the runs of a pull request its checkouts wait, one for each workspace, so that an apply finds what the plan
 * has left. Each has a note, a file of its own in the data folder: who removes the note has the checkout. They are of
 * this machine, and may be lost: then a run makes another one. They are small, and read and removed synchronously: a plan's
 * first engine waits for it.
 */

/** A checkout with the name under which git's books have it, so that a later server can tell whether it is needed. */
export type OwnedCheckout = Checkout & { readonly owner: string };

/** `initialised`: the project folders in which `init` has been run. */
export type KeptCheckout = { readonly checkout: OwnedCheckout; readonly initialised: readonly string[] };

type Pull = { readonly repoId: number; readonly pullNumber: number };
type PullPlace = Pull & { readonly workspace: string };
type KeptNote = PullPlace & KeptCheckout;
type Deps = Pick<RunDeps, 'git' | 'dataDir'>;

/** Takes the kept checkout of this commit, for one run alone. One of another commit is of no use any more and goes. */
export async function takeKeptCheckout(deps: Deps, place: PullPlace, sha: string): Promise<KeptCheckout | undefined> {
  const kept = takeNote(notePath(deps, place));
  if (!kept || !existsSync(kept.checkout.dir)) return undefined;
  if (kept.checkout.sha === sha) return kept;
  await releaseCheckout(deps.git, kept.checkout);
  return undefined;
}

/** Keeps a checkout that a run is done with, in place of what was kept before. */
export async function keepCheckout(deps: Deps, place: PullPlace, kept: KeptCheckout): Promise<void> {
  const path = notePath(deps, place);
  const before = takeNote(path);
  if (before) await releaseCheckout(deps.git, before.checkout);
  const note: KeptNote = { ...place, ...kept };
  await mkdir(notesDir(deps), { recursive: true, mode: 0o700 });
  // Half a note would be none.
  await writeFile(`${path}${unfinished}`, JSON.stringify(note), { mode: 0o600 });
  await rename(`${path}${unfinished}`, path);
}

/** Gives back what is kept for a pull request on this machine. May be called at any time, and again. */
export async function releasePullCheckouts(deps: Deps, pull: Pull): Promise<void> {
  const ofPull = (await noteNames(deps)).filter((name) => name.startsWith(`${pull.repoId}-${pull.pullNumber}-`));
  for (const name of ofPull) {
    const kept = takeNote(join(notesDir(deps), name));
    if (kept) await releaseCheckout(deps.git, kept.checkout);
  }
}

/**
 * Gives back the kept checkouts in which no plan is left to apply: other servers, too, close pull requests and discard
 * plans. May be called at any time.
 */
export async function tidyKeptCheckouts(deps: Pick<RunDeps, 'db' | 'git' | 'dataDir'>): Promise<void> {
  for (const name of await noteNames(deps)) {
    const path = join(notesDir(deps), name);
    const kept = readNote(path);
    if (kept && (await isNeeded(deps.db, kept))) continue;
    const taken = takeNote(path);
    if (taken) await releaseCheckout(deps.git, taken.checkout);
  }
}

/**
 * For the start of a server: the owners of the kept checkouts whose pull request still has a plan to apply in them. The
 * notes of the others go, and so do those of checkouts that are in use, by their owners.
 */
export async function keptOwners(
  deps: Pick<RunDeps, 'db' | 'dataDir'>,
  inUse: ReadonlySet<string>,
): Promise<Set<string>> {
  const owners = new Set<string>();
  // What a server that was killed had begun to write.
  for (const name of await allNames(deps, unfinished)) await rm(join(notesDir(deps), name), { force: true });
  for (const name of await noteNames(deps)) {
    const path = join(notesDir(deps), name);
    const kept = readNote(path);
    const isIdle = kept && !inUse.has(kept.checkout.owner);
    if (isIdle && (await isNeeded(deps.db, kept))) owners.add(kept.checkout.owner);
    else await rm(path, { force: true });
  }
  return owners;
}

async function isNeeded(db: DbHandle, kept: KeptNote): Promise<boolean> {
  return hasLivePlans(db, { ...kept, commitSha: kept.checkout.sha });
}

function takeNote(path: string): KeptNote | undefined {
  const note = readNote(path);
  try {
    unlinkSync(path);
    return note;
  } catch {
    return undefined;
  }
}

function readNote(path: string): KeptNote | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as KeptNote;
  } catch {
    return undefined;
  }
}

/** Ends the name of a note that is being written. */
const unfinished = '.new';

async function noteNames(deps: Pick<RunDeps, 'dataDir'>): Promise<string[]> {
  return (await allNames(deps, '')).filter((name) => !name.endsWith(unfinished));
}

async function allNames(deps: Pick<RunDeps, 'dataDir'>, ending: string): Promise<string[]> {
  const names = await readdir(notesDir(deps)).catch((): string[] => []);
  return names.filter((name) => name.endsWith(ending));
}

function notesDir({ dataDir }: Pick<RunDeps, 'dataDir'>): string {
  return join(dataDir, 'kept-checkouts');
}

/** Names of workspaces may be longer than those of files. */
function notePath(deps: Pick<RunDeps, 'dataDir'>, { repoId, pullNumber, workspace }: PullPlace): string {
  const digest = createHash('sha256').update(workspace).digest('hex').slice(0, 32);
  return join(notesDir(deps), `${repoId}-${pullNumber}-${digest}`);
}
