import type { Tx } from '../db/index.ts';
import type { Handler } from '../queue/index.ts';
import { getRepo } from '../repos/index.ts';
import type { CommitStatus } from '../vcs/index.ts';
import { selectOpenCommands, type UnendedCommand } from './command-store.ts';
import type { PullDeps } from './deps.ts';
import { selectProjects, selectPull } from './pull-store.ts';
import { selectOpenStatuses, selectStatus } from './report-store.ts';
import { combinedEnded, givenUp, type TrackedCommand, trackedCommand, underWay } from './run-statuses.ts';
import { statusNames } from './status-names.ts';
import type { PullRecord } from './types.ts';
import { tellDiscarded } from './unlock-pull.ts';
import { type StatusTarget, writeStatuses } from './write-statuses.ts';

/** The queue's handler for the statuses of a pull request whose plans were thrown away, or whose queue was emptied. */
export function settleStatuses(deps: PullDeps): Handler {
  return async (task) => {
    const repo = await getRepo(deps.db, Number(task.payload.repoId));
    const pull = repo && (await selectPull(deps.db, repo, Number(task.payload.number)));
    const host = repo && deps.hosts.byHostname(repo.host);
    if (!pull || !host) return;
    await tellDiscarded(deps, { task, host, pull });
    await settlePending(deps, { task, host, pull, ending: null });
  };
}

/** `ending`: the command that is about to end, and owns nothing any more. */
type Settling = Pick<StatusTarget, 'task' | 'host' | 'pull'> & { readonly ending: number | null };

/**
 * Sees to it that no status of a pull request, on whatever head, says that something is under way which no command will
 * bring to its end: it was superseded or cancelled before it began, or went wrong in an unforeseen way. Such a status
 * tells where its projects stand, or that it was cancelled. One that a server was about to set when it died is set.
 */
export async function settlePending(deps: PullDeps, settling: Settling): Promise<void> {
  const { task, host, ending, pull } = settling;
  const names = statusNames(deps.pullSettings);
  for (const { headSha, status } of await selectOpenStatuses(deps.db, pull.id)) {
    const command = underWay(names, status);
    const now = await selectPull(deps.db, pull.repo, pull.number);
    if (!now || (command === undefined && status.isWritten)) continue;
    const isWanted = async (tx: Tx) => {
      const current = await selectStatus(tx, { pullId: pull.id, headSha, context: status.context });
      const isStill = current?.state === status.state && current.description === status.description;
      return isStill && (command === undefined || !(await isOwned(tx, { pull: now, command, headSha, ending })));
    };
    const wanted = command ? await settledStatus(deps, now, { headSha, status, command }) : status;
    await writeStatuses(deps, { task, host, pull: now, headSha, isWanted }, [wanted]);
  }
}

type Owned = Pick<Pending, 'headSha' | 'command'> & Pick<Settling, 'pull' | 'ending'>;

/** Whether a command that has not ended will see to the statuses of this head. */
async function isOwned(tx: Tx, { pull, command, headSha, ending }: Owned): Promise<boolean> {
  const open = await selectOpenCommands(tx, pull.id);
  return open.some((one) => one.id !== ending && trackedCommand(one.kind) === command && isFor(one, pull, headSha));
}

function isFor(command: UnendedCommand, pull: PullRecord, headSha: string): boolean {
  return (command.headSha ?? pull.headSha) === headSha;
}

type Pending = { readonly headSha: string; readonly status: CommitStatus; readonly command: TrackedCommand };

async function settledStatus(deps: PullDeps, pull: PullRecord, { headSha, status, command }: Pending) {
  const record = pull.planned?.headSha === headSha ? await selectProjects(deps.db, pull.id) : [];
  const stands = record.map((project) => project.status);
  const ended = combinedEnded(statusNames(deps.pullSettings), command, stands);
  const known = record.length > 0 ? ended.find(({ context }) => context === status.context) : undefined;
  return known ?? givenUp(status, command);
}
