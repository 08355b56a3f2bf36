import type { Db } from '../../src/db/index.ts';
import { beginCommand, endCommand, insertCommand } from '../../src/pulls/command-store.ts';
import { upsertPull } from '../../src/pulls/pull-store.ts';
import type { Work } from '../../src/pulls/types.ts';
import { findReposByName } from '../../src/repos/index.ts';

const works = {
  autoplan: { kind: 'autoplan' },
  apply: {
    kind: 'comment',
    commentId: '1',
    command: {
      kind: 'apply',
      selection: { projects: [], paths: [] },
      automerge: { kind: 'as_configured' },
      verbose: false,
      extraArgs: [],
    },
  },
} as const satisfies Readonly<Record<string, Work>>;

/** A command that is carried out on the first pull request of a known repo, until `end`. */
export async function beginCommandOn(
  db: Db,
  fullName: string,
  kind: keyof typeof works = 'autoplan',
): Promise<{ end(): Promise<void> }> {
  const [repo] = await findReposByName(db, fullName);
  if (!repo) throw new Error(`no repo ${fullName}`);
  const { id: actorId } = await db.query.selectFrom('users').select('id').limit(1).executeTakeFirstOrThrow();
  const id = await db.transaction(async (tx) => {
    const pull = await upsertPull(tx, repo, { number: 1, seen: null, now: 1 });
    const command = await insertCommand(tx, { pullId: pull.id, work: works[kind], actorId, now: 1 });
    await beginCommand(tx, command, 1);
    return command;
  });
  return { end: () => db.transaction((tx) => endCommand(tx, id, { note: null, now: 1 })) };
}
