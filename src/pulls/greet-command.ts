import type { Handler } from '../queue/index.ts';
import { cancelRun } from '../runs/index.ts';
import { cancelCommand } from './cancel-command.ts';
import { endCommand, selectCommand, selectOpenCommands } from './command-store.ts';
import { type CommandContext, contextOf, type PullDeps } from './deps.ts';
import { passGates } from './gates.ts';
import { reply } from './reply.ts';
import { combinedWaiting, type TrackedCommand } from './run-statuses.ts';
import { statusNames } from './status-names.ts';
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
    await react(deps, context);
    const { work } = command;
    if (work.kind === 'comment') {
      return work.command.kind === 'cancel' ? cancelAtOnce(deps, context) : tellPlace(deps, context);
    }
    await stopNeedless(deps, context);
    if (work.kind === 'autoplan') await tellPlace(deps, context);
  };
}

async function react(deps: PullDeps, { command, host, pulls, ref, log }: CommandContext): Promise<void> {
  const emoji = deps.pullSettings.emojiReaction;
  if (command.work.kind !== 'comment' || emoji === '' || !host.capabilities.reactions) return;
  await pulls
    .react(ref, { commentId: command.work.commentId, emoji })
    .catch((error: unknown) => log.warn({ err: error }, 'a comment could not be reacted to'));
}

async function cancelAtOnce(deps: PullDeps, context: CommandContext): Promise<void> {
  const live = await context.pulls.getPull(context.ref);
  const gate = live ? await passGates(deps, context, live) : undefined;
  if (gate?.kind === 'open') await cancelCommand(deps, context);
  else if (gate?.notice) await reply(deps, context, { key: 'refusal', body: gate.notice });
  const note = gate?.kind === 'closed' ? gate.note : null;
  await deps.db.transaction((tx) => endCommand(tx, context.command.id, { note, now: deps.now() }));
}

/** Neither changes anything but what Polder keeps. What does is left to end, even if its pull request is closed. */
const needless = ['autoplan', 'plan'];

/** A push, or the end of the pull request, makes a plan that is under way needless. */
async function stopNeedless(deps: PullDeps, { command, log }: CommandContext): Promise<void> {
  for (const other of await selectOpenCommands(deps.db, command.pull.id)) {
    if (other.id >= command.id || other.runId === null || !needless.includes(other.kind)) continue;
    const answer = await cancelRun(deps, other.runId, command.actor);
    log.info({ stopped: other.id, runId: other.runId, answer }, 'stopping what a newer event makes needless');
  }
}

const tracked: Readonly<Record<string, TrackedCommand>> = { autoplan: 'plan', plan: 'plan', apply: 'apply' };

/** Where nothing is in front of it, the command itself says soon enough that it is under way. */
async function tellPlace(deps: PullDeps, { command, host }: CommandContext): Promise<void> {
  const { work, pull } = command;
  const kind = tracked[work.kind === 'comment' ? work.command.kind : work.kind];
  const open = await selectOpenCommands(deps.db, pull.id);
  const before = open.filter(({ id }) => id < command.id).length;
  if (kind === undefined || before === 0 || pull.headSha === '') return;
  const status = combinedWaiting(statusNames(deps.pullSettings), kind, before);
  await writeStatuses(deps, { host, pull, headSha: pull.headSha }, [status]);
}
