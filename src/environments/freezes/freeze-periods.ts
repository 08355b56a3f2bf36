import { type Actor, recordAudit } from '../../access/index.ts';
import { type Db, lockRow, type Tx } from '../../db/index.ts';
import type { Problems } from '../attributes.ts';
import { isTimezone, readCron } from './cron.ts';
import { deletePeriod, findFreezePeriod, insertPeriod, updatePeriod } from './store.ts';
import type { FreezePeriod } from './types.ts';

export type FreezeTimes = Pick<FreezePeriod, 'freezeStart' | 'freezeEnd' | 'cronTimezone'>;

export type FreezeTarget = {
  readonly repoId: number;
  readonly actor: Actor;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

export type FreezeResult =
  | { readonly kind: 'saved'; readonly period: FreezePeriod }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'invalid'; readonly problems: Problems };

/** Adds a freeze period to a repo. */
export async function addFreezePeriod(
  db: Db,
  order: FreezeTarget & { readonly times: FreezeTimes },
): Promise<FreezeResult> {
  const { repoId, times, now } = order;
  const problems = problemsOf(times);
  if (problems) return { kind: 'invalid', problems };
  return db.transaction(async (tx): Promise<FreezeResult> => {
    const period = await insertPeriod(tx, { repoId, ...times, createdAt: now });
    await audit(tx, order, { action: 'freeze.create', period });
    return { kind: 'saved', period };
  });
}

/** Changes what is given; what is left out stays. */
export async function changeFreezePeriod(
  db: Db,
  order: FreezeTarget & { readonly id: number; readonly times: Partial<FreezeTimes> },
): Promise<FreezeResult> {
  return db.transaction(async (tx): Promise<FreezeResult> => {
    await lockRow(tx, 'repos', order.repoId);
    const before = await findFreezePeriod(tx, order.repoId, order.id);
    if (!before) return { kind: 'not_found' };
    const after = { ...before, ...order.times };
    const problems = problemsOf(after);
    if (problems) return { kind: 'invalid', problems };
    const isSame = (['freezeStart', 'freezeEnd', 'cronTimezone'] as const).every(
      (name) => after[name] === before[name],
    );
    if (isSame) return { kind: 'saved', period: before };
    const period = { ...after, updatedAt: order.now };
    await updatePeriod(tx, period);
    await audit(tx, order, { action: 'freeze.update', period });
    return { kind: 'saved', period };
  });
}

/** False when there is none of that id. */
export async function removeFreezePeriod(db: Db, order: FreezeTarget & { readonly id: number }): Promise<boolean> {
  return db.transaction(async (tx) => {
    await lockRow(tx, 'repos', order.repoId);
    const period = await findFreezePeriod(tx, order.repoId, order.id);
    if (!period) return false;
    await deletePeriod(tx, period.id);
    await audit(tx, order, { action: 'freeze.delete', period });
    return true;
  });
}

/** In GitLab's words, of which one begins with a blank. */
function problemsOf({ freezeStart, freezeEnd, cronTimezone }: FreezeTimes): Problems | undefined {
  const zone = isTimezone(cronTimezone);
  // An expression is wrong by itself, whatever the zone.
  const isWrong = (expression: string) => readCron(expression, zone ? cronTimezone : 'UTC') === undefined;
  const problems: Problems = {
    ...(isWrong(freezeStart) ? { freeze_start: [' is invalid syntax'] } : {}),
    ...(isWrong(freezeEnd) ? { freeze_end: [' is invalid syntax'] } : {}),
    ...(zone ? {} : { cron_timezone: ['syntax is invalid'] }),
  };
  return Object.keys(problems).length > 0 ? problems : undefined;
}

async function audit(tx: Tx, target: FreezeTarget, what: { action: string; period: FreezePeriod }): Promise<void> {
  const { id, freezeStart, freezeEnd, cronTimezone } = what.period;
  await recordAudit(tx, {
    actorId: target.actor.id,
    action: what.action,
    repoId: target.repoId,
    subject: `${freezeStart} to ${freezeEnd} ${cronTimezone}`,
    details: { id },
    now: target.now,
  });
}
