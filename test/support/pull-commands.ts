import type { Db } from '../../src/db/index.ts';
import { beginCommand, endCommand, insertCommand } from '../../src/pulls/command-store.ts';
import { upsertPull } from '../../src/pulls/pull-store.ts';
import { findReposByName } from '../../src/repos/index.ts';

/** A command that is carried out on the first pull request of a known repo, until `end`. */
export async function beginCommandOn(db: Db, fullName: string): Promise<{ end(): Promise<void> }> {
  const [repo] = await findReposByName(db, fullName);
  if (!repo) throw new Error(`no repo ${fullName}`);
  const { id: actorId } = await db.query.selectFrom('users').select('id').limit(1).executeTakeFirstOrThrow();
  const id = await db.transaction(async (tx) => {
    const pull = await upsertPull(tx, repo, { number: 1, seen: null, now: 1 });
    const command = await insertCommand(tx, { pullId: pull.id, work: { kind: 'autoplan' }, actorId, now: 1 });
    await beginCommand(tx, command, 1);
    return command;
  });
  return { end: () => db.transaction((tx) => endCommand(tx, id, { note: null, now: 1 })) };
}
