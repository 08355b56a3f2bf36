import type { Tx } from '../db/index.ts';
import { isPolderError } from '../lib/errors.ts';
import { enqueue, type Handler } from '../queue/index.ts';
import { cancelRun } from '../runs/index.ts';
import { isLoginRefused, isPassingFailure } from '../vcs/index.ts';
import { cancelCommand, stopWork } from './cancel-command.ts';
import { countBefore, endCommand, selectCommand, selectOpenCommands } from './command-store.ts';
import { type CommandContext, contextOf, type PullDeps } from './deps.ts';
import { passGates } from './gates.ts';
import { getLive } from './get-live.ts';
import { reply } from './reply.ts';
import { combinedWaiting, trackedCommand } from './run-statuses.ts';
import { statusNames } from './status-names.ts';
import { waitingTask } from './tasks.ts';
import { waitingPauseMs } from './tell-waiting.ts';
import type { PullCommand } from './types.ts';
import { writeStatuses } from './write-statuses.ts';

/**
 * The queue's handler for what is due the moment a command comes, whatever runs: the reaction to its comment, the end of
 * work that it makes needless, and word of its place in the queue. A `cancel` is carried out here.
 */
export function greetCommand(deps: PullDeps): Handler {
  return async (task) => {
    const command = await selectCommand(deps.db, Number(task.payload.commandId));
    const context = command && contextOf(deps, task, command);
    if (!command || !context) return;
    // The end of what is needless does not wait for a host.
    if (command.work.kind !== 'comment') await stopNeedless(deps, context);
    await greet(deps, context).catch((error: unknown) => {
      if (isPolderError(error, 'task_lost')) throw error;
      const isLast = task.attempt >= lastAttempt;
      const isPassing =
        isPassingFailure(error) || isLoginRefused(error) || isPolderError(error, 'database_unavailable');
      if (!isLast && isPassing) throw error;
      context.log.error({ err: error }, 'a command of a pull request could not be greeted');
    });
    if (isCancel(command)) await end(deps, command, null);
  };
}

/** Half an hour, with the pauses between them: then nobody waits for a greeting any more. */
const lastAttempt = 35;

function isCancel({ work }: PullCommand): boolean {
  return work.kind === 'comment' && work.command.kind === 'cancel';
}

async function greet(deps: PullDeps, context: CommandContext): Promise<void> {
  const { command } = context;
  if (isCancel(command)) {
    await cancelAtOnce(deps, context);
    await react(deps, context);
  } else {
    await react(deps, context);
    if (command.work.kind !== 'close') await tellPlace(deps, context);
  }
}

async function react(deps: PullDeps, { command, host, pulls, ref, log }: CommandContext): Promise<void> {
  const emoji = deps.pullSettings.emojiReaction;
  if (command.work.kind !== 'comment' || emoji === '' || !host.capabilities.reactions) return;
  await pulls
    .react(ref, { commentId: command.work.commentId, emoji })
    .catch((error: unknown) => log.warn({ err: error }, 'a comment could not be reacted to'));
}

/** What runs is not left running because a host is slow to answer, unless it has to say whether the sender may stop it. */
async function cancelAtOnce(deps: PullDeps, context: CommandContext): Promise<void> {
  const stopped = asksForTeams(deps, context) ? undefined : await stopWork(deps, context);
  const live = await getLive(context);
  const gate = live ? await passGates(deps, context, live) : undefined;
  if (gate?.kind === 'open') await cancelCommand(deps, context, stopped ?? (await stopWork(deps, context)));
  else if (gate?.notice) await reply(deps, context, { key: 'refusal', body: gate.notice });
  if (gate?.kind === 'closed') await end(deps, context.command, gate.note);
}

function asksForTeams({ pullSettings }: PullDeps, { host }: CommandContext): boolean {
  return pullSettings.teamRules[host.type]?.isEmpty === false;
}

async function end(deps: PullDeps, { id }: PullCommand, note: string | null): Promise<void> {
  await deps.db.transaction((tx) => endCommand(tx, id, { note, now: deps.now() }));
}

/** Neither changes anything but what Polder keeps. What does is left to end, even if its pull request is closed. */
const needless = ['autoplan', 'plan'];

/** A push, or the end of the pull request, makes a plan that is under way needless. */
async function stopNeedless(deps: PullDeps, { command, log }: CommandContext): Promise<void> {
  if (command.work.kind === 'autoplan' && deps.pullSettings.disableAutoplan) return;
  for (const other of await selectOpenCommands(deps.db, command.pull.id)) {
    if (other.id >= command.id || other.runId === null || !needless.includes(other.kind)) continue;
    const answer = await cancelRun(deps, other.runId, command.actor);
    log.info({ stopped: other.id, runId: other.runId, answer }, 'stopping what a newer event makes needless');
  }
}

/** Where nothing is in front of it, the command itself says soon enough that it is under way. */
async function tellPlace(deps: PullDeps, { task, command, host }: CommandContext): Promise<void> {
  const { work, pull } = command;
  const kind = trackedCommand(work.kind === 'comment' ? work.command.kind : work.kind);
  const before = await countBefore(deps.db, command);
  if (before === 0) return;
  if (kind === undefined || pull.headSha === '') {
    const runAt = deps.now() + waitingPauseMs;
    const word = { kind: waitingTask, payload: { commandId: command.id }, dedupeKey: `waiting:${command.id}`, runAt };
    return deps.db.transaction((tx) => enqueue(tx, word, deps.now()));
  }
  const status = combinedWaiting(statusNames(deps.pullSettings), kind, before);
  // Once it has begun it speaks for itself.
  const isWanted = async (tx: Tx) => (await selectCommand(tx, command.id))?.state === 'queued';
  await writeStatuses(deps, { task, host, pull, headSha: pull.headSha, isWanted }, [status]);
}
