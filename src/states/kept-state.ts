import { createHash } from 'node:crypto';
import { type DbHandle, lockRow, type Tx } from '../db/index.ts';
import { insertVersion, type StateRow, selectCurrent } from './store.ts';

/** Whose state: projects without a backend of their own share one by folder and workspace. */
export type StateKey = { readonly repoId: number; readonly dir: string; readonly workspace: string };

export type SaveResult =
  | { readonly kind: 'saved'; readonly serial: number }
  | { readonly kind: 'unchanged' }
  /** Kept, but not put in place for the next plan. `reason` is half a sentence. */
  | { readonly kind: 'conflict'; readonly reason: string };

/** The newest state of a project, as a file's content; undefined when it never had one. */
export async function currentState(db: DbHandle, key: StateKey): Promise<Uint8Array | undefined> {
  return (await selectCurrent(db, key))?.content;
}

/**
 * Keeps the state that an engine wrote, as a new version. It must continue the one before: the same lineage and a
 * higher serial (https://developer.hashicorp.com/terraform/language/state). One that does not is kept all the same,
 * marked, so that nothing is lost, and the one before goes on to count.
 */
export async function saveState(
  tx: Tx,
  key: StateKey,
  version: { content: Uint8Array; jobId: number; now: number },
): Promise<SaveResult> {
  await lockRow(tx, 'repos', key.repoId);
  const current = await selectCurrent(tx, key);
  const digest = createHash('sha256').update(version.content).digest('hex');
  if (current?.digest === digest) return { kind: 'unchanged' };
  const header = readHeader(version.content);
  const reason = header ? conflict(current, header) : 'it is not a state file';
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

function conflict(current: StateRow | undefined, header: Header): string | undefined {
  if (!current) return undefined;
  if (header.lineage !== current.lineage) return `its lineage is ${header.lineage}, not ${current.lineage}`;
  if (header.serial <= current.serial) return `its serial ${header.serial} does not follow ${current.serial}`;
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
