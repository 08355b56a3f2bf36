import type { Db } from '../db/index.ts';
import type { Log } from '../lib/log.ts';
import { type CommitStatus, isPassingFailure, type VcsHost } from '../vcs/index.ts';
import { selectStatuses, upsertStatus } from './report-store.ts';
import type { PullRecord } from './types.ts';

export type StatusDeps = { readonly db: Db; readonly log: Log; readonly now: () => number };

export type StatusTarget = {
  readonly host: VcsHost;
  readonly pull: PullRecord;
  /** The commit that the statuses are of. */
  readonly headSha: string;
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
  const of = { pullId: pull.id, headSha };
  const written = await selectStatuses(deps.db, of);
  for (const status of wanted) {
    if (isSame(written.get(status.context), status)) continue;
    try {
      await host.pulls.setStatus({ fullName: pull.repo.fullName, number: pull.number, headSha }, status);
    } catch (error) {
      if (isPassingFailure(error)) throw error;
      deps.log.warn({ pull: pull.url, context: status.context, err: error }, 'a commit status could not be set');
      continue;
    }
    await upsertStatus(deps.db, of, { ...status, now: deps.now() });
  }
}

function isSame(one: CommitStatus | undefined, other: CommitStatus): boolean {
  return (
    one !== undefined &&
    one.state === other.state &&
    one.description === other.description &&
    one.targetUrl === other.targetUrl
  );
}
