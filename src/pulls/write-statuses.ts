import type { Db, Tx } from '../db/index.ts';
import { isPolderError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { CommitStatus, VcsHost } from '../vcs/index.ts';
import { type KeptStatus, selectStatus, selectStatuses, setStatusWritten, upsertStatus } from './report-store.ts';
import type { PullRecord } from './types.ts';

export type StatusDeps = { readonly db: Db; readonly log: Log; readonly now: () => number };

export type StatusTarget = {
  readonly host: VcsHost;
  readonly pull: PullRecord;
  /** The commit that the statuses are of. */
  readonly headSha: string;
  /** Asked in the transaction that notes each status; what is not wanted any more is left out. */
  readonly isWanted?: (tx: Tx) => Promise<boolean>;
};

/**
 * Sets those of the statuses that are not set so already, in their order. One that the host refuses for good is left,
 * and the log says so; when the host cannot be reached this throws, and may be called again.
 */
export async function writeStatuses(
  deps: StatusDeps,
  target: StatusTarget,
  wanted: readonly CommitStatus[],
): Promise<void> {
  const { host, pull, headSha } = target;
  if (!host.pulls || !host.capabilities.statuses || wanted.length === 0) return;
  const known = await selectStatuses(deps.db, { pullId: pull.id, headSha });
  for (const status of wanted) {
    if (isWritten(known.get(status.context), status)) continue;
    await writeStatus(deps, target, status);
  }
}

/**
 * What is wanted is noted first. So whoever finds after its own writing that another status has been wanted meanwhile
 * knows that theirs may have come first, and sets it again: the last wish is what stays.
 */
async function writeStatus(deps: StatusDeps, target: StatusTarget, status: CommitStatus): Promise<void> {
  const of = { pullId: target.pull.id, headSha: target.headSha };
  const isNoted = await deps.db.transaction(async (tx) => {
    if (target.isWanted && !(await target.isWanted(tx))) return false;
    await upsertStatus(tx, of, status);
    return true;
  });
  let next: CommitStatus | undefined = isNoted ? status : undefined;
  while (next) {
    await setStatus(deps, target, next);
    const written = { ...next, now: deps.now() };
    if (await deps.db.transaction((tx) => setStatusWritten(tx, of, written))) return;
    next = await selectStatus(deps.db, { ...of, context: next.context });
  }
}

/** What is refused for good counts as set: there is nothing more to be done about it. */
async function setStatus(deps: StatusDeps, { host, pull, headSha }: StatusTarget, status: CommitStatus): Promise<void> {
  try {
    await host.pulls?.setStatus({ fullName: pull.repo.fullName, number: pull.number, headSha }, status);
  } catch (error) {
    if (!isPolderError(error, 'host_refused')) throw error;
    deps.log.warn({ pull: pull.url, context: status.context, err: error }, 'a commit status could not be set');
  }
}

function isWritten(one: KeptStatus | undefined, other: CommitStatus): boolean {
  return (
    one?.isWritten === true &&
    one.state === other.state &&
    one.description === other.description &&
    one.targetUrl === other.targetUrl
  );
}
