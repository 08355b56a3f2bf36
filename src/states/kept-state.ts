import { createHash } from 'node:crypto';
import { type DbHandle, lockRow, type Tx } from '../db/index.ts';
import { insertVersion, type StateRow, selectCurrent, selectCurrentId } from './store.ts';

/** Whose state: projects without a backend of their own share one by folder and workspace. */
export type StateKey = { readonly repoId: number; readonly dir: string; readonly workspace: string };

/** A version of a state, as a file's content. */
export type StateVersion = { readonly id: number; readonly content: Uint8Array };

export type NewStateVersion = {
  readonly content: Uint8Array;
  /** The version that the engine worked on; null when there was none. */
  readonly basedOn: number | null;
  readonly jobId: number;
  readonly now: number;
};

export type SaveResult =
  | { readonly kind: 'saved'; readonly serial: number }
  | { readonly kind: 'unchanged' }
  /** Kept, but not put in place for the next plan. `reason` is half a sentence. */
  | { readonly kind: 'conflict'; readonly reason: string };

/** The newest state of a project; undefined when it never had one. */
export async function currentState(db: DbHandle, key: StateKey): Promise<StateVersion | undefined> {
  return selectCurrent(db, key);
}

/** Whether the state is still this version, or still missing. Holds on until the transaction ends. */
export async function isCurrentState(tx: Tx, key: StateKey, versionId: number | null): Promise<boolean> {
  await lockRow(tx, 'repos', key.repoId);
  return ((await selectCurrentId(tx, key)) ?? null) === versionId;
}

/**
 * Keeps the state that an engine wrote, as a new version. It must continue the one before: made from it, with the same
 * lineage and no lower serial (https://developer.hashicorp.com/terraform/language/state). The serial grows with the
 * resources; an engine of another version writes the same ones under the same serial. A state that does not continue is
 * kept all the same, marked, so that nothing is lost, and the one before goes on to count.
 */
export async function saveState(tx: Tx, key: StateKey, version: NewStateVersion): Promise<SaveResult> {
  await lockRow(tx, 'repos', key.repoId);
  const current = await selectCurrent(tx, key);
  const digest = createHash('sha256').update(version.content).digest('hex');
  if (current?.digest === digest) return { kind: 'unchanged' };
  const header = readHeader(version.content);
  const reason = header ? conflict(current, header, version.basedOn) : 'it is not a state file';
  await insertVersion(tx, {
    repo_id: key.repoId,
    dir: key.dir,
    workspace: key.workspace,
    lineage: header?.lineage ?? '',
    serial: header?.serial ?? 0,
    digest,
    content: version.content,
    job_id: version.jobId,
    conflict: reason ?? null,
    created_at: version.now,
  });
  return reason === undefined ? { kind: 'saved', serial: header?.serial ?? 0 } : { kind: 'conflict', reason };
}

type Header = { lineage: string; serial: number };

function conflict(current: StateRow | undefined, header: Header, basedOn: number | null): string | undefined {
  if (!current) return undefined;
  if (header.lineage !== current.lineage) return `its lineage is ${header.lineage}, not ${current.lineage}`;
  if (header.serial < current.serial) return `its serial ${header.serial} is before ${current.serial}`;
  if (basedOn !== current.id) return `serial ${current.serial} was saved while it was made`;
  return undefined;
}

function readHeader(content: Uint8Array): Header | undefined {
  try {
    const state = JSON.parse(Buffer.from(content).toString('utf8')) as { lineage?: unknown; serial?: unknown } | null;
    if (typeof state?.lineage !== 'string' || typeof state.serial !== 'number') return undefined;
    return { lineage: state.lineage, serial: state.serial };
  } catch {
    return undefined;
  }
}
