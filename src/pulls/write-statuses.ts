import type { Db, Tx } from '../db/index.ts';
import { isPolderError, PolderError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { enqueue, type Task } from '../queue/index.ts';
import { type CommitStatus, isLoginRefused, type VcsHost } from '../vcs/index.ts';
import {
  forgetStatusesOfTwins,
  type KeptStatus,
  selectStatus,
  selectStatuses,
  setStatusUnwritten,
  setStatusWritten,
  upsertStatus,
} from './report-store.ts';
import { refusedStatusTask } from './tasks.ts';
import type { PullRecord } from './types.ts';

export type StatusDeps = { readonly db: Db; readonly log: Log; readonly now: () => number };

export type StatusTarget = {
  /** The work that wants them: once it was lost to another worker, which may have told the end of it, it wants none. */
  readonly task: Pick<Task, 'assertHeld'>;
  readonly host: VcsHost;
  readonly pull: PullRecord;
  /** The commit that the statuses are of. */
  readonly headSha: string;
  /** Asked in the transaction that notes each status; what is not wanted any more is left out. */
  readonly isWanted?: (tx: Tx) => Promise<boolean>;
};

type Place = Pick<StatusTarget, 'host' | 'pull' | 'headSha'>;

/** For so long what is wanted counts as known: a host that answers at once gets the statuses of a round at once. */
const freshMs = 100;

/**
 * Sets those of the statuses that are not set so already, in their order. Throws `task_lost` instead when the task was
 * lost. One that the host refuses is tried again later, and the log says so; when the host cannot be reached, or refuses
 * our token, this throws `host_unavailable`, and may be called again.
 *
 * What is wanted is noted first. So whoever finds after its own writing that another status has been wanted meanwhile
 * knows that theirs may have come first, and sets it again: the last wish is what stays.
 */
export async function writeStatuses(
  deps: StatusDeps,
  target: StatusTarget,
  wanted: readonly CommitStatus[],
): Promise<void> {
  const { host, pull, headSha } = target;
  if (!host.pulls || !host.capabilities.statuses || wanted.length === 0) return;
  const known = await selectStatuses(deps.db, { pullId: pull.id, headSha });
  const changed = wanted.filter((status) => !isWritten(known.get(status.context), status));
  if (changed.length === 0) return;
  const noted = await deps.db.transaction((tx) => noteWanted(tx, target, changed));
  const sent: Sent[] = [];
  let wishes: ReadonlyMap<string, CommitStatus> = new Map(noted.map((status) => [status.context, status]));
  let wishedAt = deps.now();
  try {
    for (const status of noted) {
      // The host may have kept us waiting for long: whoever wants another one by now sets that.
      if (!isSame(wishes.get(status.context), status)) continue;
      sent.push({ status, isAccepted: await setStatus(deps, target, status) });
      if (deps.now() - wishedAt < freshMs) continue;
      wishes = await selectStatuses(deps.db, { pullId: pull.id, headSha });
      wishedAt = deps.now();
      // Ours may have come after theirs: that is put right before anything else can go wrong.
      if (!isSame(wishes.get(status.context), status)) await noteSent(deps, target, sent.splice(0));
    }
  } finally {
    if (sent.length > 0) await noteSent(deps, target, sent);
  }
}

/** Those that are wanted still. */
async function noteWanted(tx: Tx, target: StatusTarget, statuses: readonly CommitStatus[]): Promise<CommitStatus[]> {
  const { pull, headSha } = target;
  const noted: CommitStatus[] = [];
  await target.task.assertHeld(tx);
  for (const status of statuses) {
    if (target.isWanted && !(await target.isWanted(tx))) continue;
    await upsertStatus(tx, { pullId: pull.id, headSha }, status);
    noted.push(status);
  }
  const contexts = noted.map(({ context }) => context);
  if (contexts.length > 0)
    await forgetStatusesOfTwins(tx, { repoId: pull.repo.id, pullId: pull.id, headSha }, contexts);
  return noted;
}

type Sent = { readonly status: CommitStatus; readonly isAccepted: boolean };

/** Notes what the host has been told. What has been wanted in the place of one meanwhile is set again. */
async function noteSent(deps: StatusDeps, target: StatusTarget, sent: readonly Sent[]): Promise<void> {
  const of = { pullId: target.pull.id, headSha: target.headSha };
  const overtaken = await deps.db.transaction(async (tx) => {
    const contexts: string[] = [];
    for (const { status, isAccepted } of sent) {
      if (!(await setStatusWritten(tx, of, { ...status, now: deps.now() }))) {
        // Until it is set again, the host may have ours.
        await setStatusUnwritten(tx, { ...of, context: status.context });
        contexts.push(status.context);
      } else if (!isAccepted) await enqueueRefused(tx, target, { context: status.context, now: deps.now() });
    }
    return contexts;
  });
  for (const context of overtaken) {
    const last = await selectStatus(deps.db, { ...of, context });
    if (!last || (await setLastWanted(deps, target, last))) continue;
    await deps.db.transaction((tx) => enqueueRefused(tx, target, { context, now: deps.now() }));
  }
}

/** Sets a status, and what is wanted in its place meanwhile, until the last wish is what stays. False: the host refuses it. */
export async function setLastWanted(deps: StatusDeps, target: Place, status: CommitStatus): Promise<boolean> {
  const of = { pullId: target.pull.id, headSha: target.headSha };
  let next: CommitStatus | undefined = status;
  let isAccepted = true;
  while (next) {
    isAccepted = await setStatus(deps, target, next);
    const written = { ...next, now: deps.now() };
    if (await deps.db.transaction((tx) => setStatusWritten(tx, of, written))) break;
    next = await selectStatus(deps.db, { ...of, context: next.context });
  }
  return isAccepted;
}

/**
 * What is refused counts as set, so that it does not keep anybody waiting. Where it is our token that is, nothing else gets
 * through either, and all of it waits for another one.
 */
async function setStatus(deps: StatusDeps, { host, pull, headSha }: Place, status: CommitStatus): Promise<boolean> {
  try {
    await host.pulls?.setStatus({ fullName: pull.repo.fullName, number: pull.number, headSha }, status);
    return true;
  } catch (error) {
    if (!isPolderError(error, 'host_refused')) throw error;
    if (isLoginRefused(error)) throw new PolderError('host_unavailable', error.message, { cause: error });
    deps.log.warn({ pull: pull.url, context: status.context, err: error }, 'a commit status could not be set');
    return false;
  }
}

/** Hosts refuse for a moment too: a commit that not all of their servers know yet, rights that are being changed. */
const refusedPauseMs = 2000;

async function enqueueRefused(
  tx: Tx,
  { pull, headSha }: StatusTarget,
  { context, now }: { readonly context: string; readonly now: number },
): Promise<void> {
  const payload = { repoId: pull.repo.id, number: pull.number, headSha, context };
  const dedupeKey = `status:${pull.id}:${headSha}:${context}`;
  await enqueue(tx, { kind: refusedStatusTask, payload, dedupeKey, runAt: now + refusedPauseMs }, now);
}

function isWritten(one: KeptStatus | undefined, other: CommitStatus): boolean {
  return one?.isWritten === true && isSame(one, other);
}

function isSame(one: CommitStatus | undefined, other: CommitStatus): boolean {
  return one?.state === other.state && one.description === other.description && one.targetUrl === other.targetUrl;
}
