import { randomUUID } from 'node:crypto';
import type { Db, DbHandle, InstancesTable } from '../db/index.ts';
import type { ProcessIdentity } from '../exec/index.ts';
import { PolderError } from '../lib/errors.ts';
import { clearLeases, insertInstance, selectDataDirs, selectOpenInstances, updateInstance } from './store.ts';

/** One start of a server process, as the other replicas see it. */
export type Instance = { readonly id: string; readonly identity: ProcessIdentity };

export type InstanceDeps = {
  readonly db: Db;
  readonly now: () => number;
  /** Whether that process still runs; only asked of processes of this machine. */
  readonly isAlive: (identity: ProcessIdentity) => boolean;
};

/**
 * Registers this process and takes the tasks away from instances of this machine that died. SQLite takes one server: when
 * another one runs on the same file, throws `database_in_use`. `dataDir` is the folder of this server's own files.
 */
export async function registerInstance(
  deps: InstanceDeps,
  identity: ProcessIdentity,
  dataDir: string,
): Promise<Instance> {
  const instance = { id: randomUUID(), identity };
  await deps.db.transaction(async (tx) => {
    const others = await releaseDead(deps, tx, identity.machine);
    const rival = deps.db.engine.name === 'sqlite' ? others[0] : undefined;
    if (rival) {
      throw new PolderError(
        'database_in_use',
        `starting: the server with process id ${rival.pid} already uses this database; stop it, or give this one another --data-dir`,
      );
    }
    const now = deps.now();
    await insertInstance(tx, {
      id: instance.id,
      machine: identity.machine,
      pid: identity.pid,
      pid_started: identity.startedAt,
      data_dir: dataDir,
      started_at: now,
      seen_at: now,
      stopped_at: null,
    });
  });
  return instance;
}

/** Where servers of a machine have, or had, their own files. A server that takes over looks there for what was left. */
export async function dataDirsOn(db: DbHandle, machine: string): Promise<string[]> {
  return selectDataDirs(db, machine);
}

/** Says that this process still runs, and looks whether others of this machine died. */
export async function beat(deps: InstanceDeps, instance: Instance): Promise<void> {
  await updateInstance(deps.db, instance.id, { seen_at: deps.now() });
  if (deps.db.engine.rowLocks) await releaseDead(deps, deps.db, instance.identity.machine);
}

/** Says that this process ends. What it has not done is for the next one, which need not wait until the leases are over. */
export async function deregisterInstance(deps: InstanceDeps, instance: Instance): Promise<void> {
  await clearLeases(deps.db, [instance.id]);
  await updateInstance(deps.db, instance.id, { stopped_at: deps.now() });
}

async function releaseDead(deps: InstanceDeps, db: DbHandle, machine: string): Promise<InstancesTable[]> {
  const open = await selectOpenInstances(db);
  const here = open.filter((row) => row.machine === machine || db.engine.name === 'sqlite');
  const alive = (row: InstancesTable) =>
    row.machine === machine && deps.isAlive({ pid: row.pid, startedAt: row.pid_started, machine: row.machine });
  const dead = here.filter((row) => !alive(row));
  if (dead.length > 0) {
    await clearLeases(
      db,
      dead.map((row) => row.id),
    );
    for (const row of dead) await updateInstance(db, row.id, { stopped_at: deps.now() });
  }
  return here.filter(alive);
}
