import type { Actor } from '../access/index.ts';
import type { DbHandle, Tx } from '../db/index.ts';
import { PolderError } from '../lib/errors.ts';
import { getRepo } from '../repos/index.ts';
import { toPull } from './pull-store.ts';
import type { CommandFacts, CommandState, PullCommand, Work } from './types.ts';

export async function insertCommand(
  tx: Tx,
  command: { readonly pullId: number; readonly work: Work; readonly actorId: number; readonly now: number },
): Promise<number> {
  const { work, now } = command;
  const { id } = await tx.query
    .insertInto('pull_commands')
    .values({
      pull_id: command.pullId,
      kind: work.kind === 'comment' ? work.command.kind : work.kind,
      work: JSON.stringify(work),
      actor_id: command.actorId,
      state: 'queued',
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A command with its pull request, repo and actor. */
export async function selectCommand(db: DbHandle, id: number): Promise<PullCommand | undefined> {
  const row = await db.query
    .selectFrom('pull_commands')
    .innerJoin('users', 'users.id', 'pull_commands.actor_id')
    .selectAll('pull_commands')
    .select(['users.kind as actor_kind', 'users.login as actor_login'])
    .where('pull_commands.id', '=', id)
    .executeTakeFirst();
  if (!row) return undefined;
  const pull = await db.query.selectFrom('pulls').selectAll().where('id', '=', row.pull_id).executeTakeFirstOrThrow();
  const repo = await getRepo(db, pull.repo_id);
  const { head_sha: headSha, base_branch: baseBranch } = row;
  const actor: Actor = { id: row.actor_id, kind: row.actor_kind, login: row.actor_login };
  return (
    repo && {
      id: row.id,
      pull: toPull(pull, repo),
      work: JSON.parse(row.work) as Work,
      actor,
      state: row.state as CommandState,
      runId: row.run_id,
      target: headSha === null || baseBranch === null ? null : { headSha, baseBranch },
      facts: JSON.parse(row.facts) as CommandFacts,
      createdAt: row.created_at,
    }
  );
}

/**
 * The head whose plans a pull request showed at that time: that of the last plan that had ended. Null when it had not
 * shown any.
 */
export async function selectShownHead(
  db: DbHandle,
  pullId: number,
  /** Milliseconds since the epoch. */
  at: number,
): Promise<string | null> {
  const row = await db.query
    .selectFrom('pull_commands')
    .select('head_sha')
    .where('pull_id', '=', pullId)
    .where('kind', 'in', ['autoplan', 'plan'])
    .where('head_sha', 'is not', null)
    .where('state', '=', 'done')
    .where('ended_at', '<=', at)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.head_sha ?? null;
}

/** Who else has had something planned between the coming of a command and its turn; undefined when nobody had. */
export async function selectPlannerMeanwhile(
  db: DbHandle,
  { id, pull, actor, createdAt }: Pick<PullCommand, 'id' | 'pull' | 'actor' | 'createdAt'>,
): Promise<string | undefined> {
  const row = await db.query
    .selectFrom('pull_commands')
    .innerJoin('users', 'users.id', 'pull_commands.actor_id')
    .select('users.login')
    .where('pull_commands.pull_id', '=', pull.id)
    .where('pull_commands.kind', 'in', ['autoplan', 'plan'])
    .where('pull_commands.head_sha', 'is not', null)
    .where('pull_commands.id', '<', id)
    .where('pull_commands.ended_at', '>', createdAt)
    .where('pull_commands.actor_id', '!=', actor.id)
    .orderBy('pull_commands.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.login;
}

/** A command that has not ended. `headSha`: of what its run was accepted for. */
export type UnendedCommand = Pick<PullCommand, 'id' | 'state' | 'runId'> & {
  readonly kind: string;
  readonly headSha: string | null;
};

/** Those of a pull request's commands that have not ended, in order. */
export async function selectOpenCommands(db: DbHandle, pullId: number): Promise<UnendedCommand[]> {
  const rows = await db.query
    .selectFrom('pull_commands')
    .select(['id', 'kind', 'state', 'run_id', 'head_sha'])
    .where('pull_id', '=', pullId)
    .where('ended_at', 'is', null)
    .orderBy('id')
    .execute();
  return rows.map(({ id, kind, state, run_id: runId, head_sha: headSha }) => {
    return { id, kind, state: state as CommandState, runId, headSha };
  });
}

/** How many commands come before one on its pull request. A `cancel` waits for nothing, and nothing for it. */
export async function countBefore(db: DbHandle, { id, pull }: Pick<PullCommand, 'id' | 'pull'>): Promise<number> {
  const open = await selectOpenCommands(db, pull.id);
  return open.filter((other) => other.id < id && other.kind !== 'cancel').length;
}

/**
 * Ends those of before `before` that wait, or have begun and have no run yet. What cleans up after a pull request, and
 * what cancels others, goes on. Returns how many there were.
 */
export async function endUnstarted(
  tx: Tx,
  pullId: number,
  end: {
    readonly state: 'superseded' | 'cancelled';
    readonly note: string;
    readonly kinds?: readonly string[];
    readonly before: number;
    readonly now: number;
  },
): Promise<number> {
  let query = tx.query
    .updateTable('pull_commands')
    .set({ state: end.state, note: end.note, ended_at: end.now })
    .where('pull_id', '=', pullId)
    .where('ended_at', 'is', null)
    .where('run_id', 'is', null)
    .where('kind', 'not in', ['close', 'cancel'])
    .where('id', '<', end.before);
  if (end.kinds) query = query.where('kind', 'in', end.kinds);
  const ended = await query.returning('id').execute();
  return ended.length;
}

/** False when it is not queued any more. */
export async function beginCommand(tx: Tx, id: number, now: number): Promise<boolean> {
  const begun = await tx.query
    .updateTable('pull_commands')
    .set({ state: 'running', started_at: now })
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .returning('id')
    .executeTakeFirst();
  return begun !== undefined;
}

/**
 * Says which run carries a command out, and for which commit. Throws `command_ended` when the command was ended
 * meanwhile, so that the run is not accepted.
 */
export async function setRun(
  tx: Tx,
  id: number,
  run: { readonly runId: number } & NonNullable<PullCommand['target']>,
): Promise<void> {
  const set = { run_id: run.runId, head_sha: run.headSha, base_branch: run.baseBranch };
  const open = await tx.query
    .updateTable('pull_commands')
    .set(set)
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!open) throw new PolderError('command_ended');
}

/** Keeps what its answer will need, before its run is accepted. */
export async function setFacts(db: DbHandle, id: number, facts: CommandFacts): Promise<void> {
  await db.query
    .updateTable('pull_commands')
    .set({ facts: JSON.stringify(facts) })
    .where('id', '=', id)
    .execute();
}

export async function endCommand(
  tx: Tx,
  id: number,
  end: { readonly note: string | null; readonly now: number },
): Promise<void> {
  await tx.query
    .updateTable('pull_commands')
    .set({ state: 'done', note: end.note, ended_at: end.now })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}
