import { isPolderError, PolderError } from '../lib/errors.ts';
import type { Handler, Task } from '../queue/index.ts';
import { waitForRun } from '../runs/index.ts';
import { isLoginRefused, isPassingFailure } from '../vcs/index.ts';
import { applyPull } from './apply-pull.ts';
import { cancelCommand, stopWork } from './cancel-command.ts';
import { closePull } from './close-pull.ts';
import { beginCommand, endCommand, selectCommand } from './command-store.ts';
import { type CommandContext, contextOf, type PullDeps } from './deps.ts';
import { faultNotice } from './fault-notice.ts';
import { type EarlyFetch, startFetch } from './fetch-pull.ts';
import { passGates } from './gates.ts';
import { getLive } from './get-live.ts';
import { type Planning, planPull } from './plan-pull.ts';
import { noteLive } from './pull-store.ts';
import { reply } from './reply.ts';
import { combinedFailed, trackedCommand } from './run-statuses.ts';
import { settlePending } from './settle-statuses.ts';
import { statusNames } from './status-names.ts';
import { updateSummary } from './summary-comment.ts';
import { touchProjects } from './touch-projects.ts';
import type { PullCommand, Work } from './types.ts';
import { unlockPull } from './unlock-pull.ts';
import { whileWanted } from './while-wanted.ts';
import { writeStatuses } from './write-statuses.ts';

/** After so many attempts, which is a day with the pauses between them, a host that cannot be reached is given up. */
const lastAttempt = 1440;

/**
 * The queue's handler for what is asked of a pull request: brings one command to its end, wherever an earlier server left
 * it. Commands of one pull request come one after another.
 */
export function handleCommand(deps: PullDeps): Handler {
  return async (task) => {
    const command = await selectCommand(deps.db, Number(task.payload.commandId));
    if (!command || isOver(command)) return;
    const early = fetchEarly(deps, command);
    try {
      if (!(await begin(deps, task, command))) return;
      const context = contextOf(deps, task, command);
      const note = context
        ? await carryOut(deps, context, early)
        : `this server does not work for ${command.pull.repo.host}`;
      await deps.db.transaction(async (tx) => {
        await task.assertHeld(tx);
        await endCommand(tx, command.id, { note, now: deps.now() });
      });
    } finally {
      early?.drop();
    }
  };
}

function isOver({ state }: PullCommand): boolean {
  return state !== 'queued' && state !== 'running';
}

/** False when it was taken out of the queue meanwhile. */
async function begin(deps: PullDeps, task: Task, command: PullCommand): Promise<boolean> {
  if (command.state === 'running') return true;
  return deps.db.transaction(async (tx) => {
    await task.assertHeld(tx);
    return beginCommand(tx, command.id, deps.now());
  });
}

/** Null, or why nothing ran. Throws what asking again later may cure. */
async function carryOut(deps: PullDeps, context: CommandContext, early?: EarlyFetch): Promise<string | null> {
  const { command, host, task, log } = context;
  try {
    const work = whileWanted(deps, command, (unwanted) => {
      const signal = AbortSignal.any([task.signal, unwanted]);
      return workOn(deps, { ...context, signal }, early);
    });
    const note = await work.catch((error: unknown) => answerFault(deps, context, error));
    await settlePending(deps, { task, host, pull: command.pull, ending: command.id });
    await updateSummary(deps, context);
    return note;
  } catch (error) {
    if (task.attempt < lastAttempt || isOurs(context, error)) throw error;
    log.error({ err: error }, 'a command of a pull request is given up: its host could not be reached for a day');
    return 'its host could not be reached for a day';
  }
}

const endedBefore = 'it was ended before it began';

/** Throws what asking again later may cure; anything else is told, where the host lets us. */
async function answerFault(deps: PullDeps, context: CommandContext, error: unknown): Promise<string> {
  const { command, task, log } = context;
  if (isPolderError(error, 'command_ended')) return endedBefore;
  if (isPassingFailure(error) || isLoginRefused(error)) throw error;
  if (isOurs(context, error) || isPassingFetch(task, error)) throw error;
  const now = await selectCommand(deps.db, command.id);
  if (now && isOver(now)) return endedBefore;
  log.error({ err: error }, 'a command of a pull request went wrong');
  const runId = now?.runId;
  // What runs is not left alone: the next command would meet it.
  if (runId) await waitForRun(deps.db, runId, task.signal);
  if (task.signal.aborted) throw new PolderError('task_lost');
  if (!runId) await tellFailed(deps, context);
  await reply(deps, context, { key: 'crash', body: faultNotice(deps, context, error) });
  return 'it went wrong';
}

/** Some minutes, with the pauses between them: then people are told, for what git says may also be a mistake of ours. */
const lastFetch = 10;

function isPassingFetch({ attempt }: Task, error: unknown): boolean {
  return attempt < lastFetch && isPolderError(error, 'git_failed') && error.details.isPassing === true;
}

/** A command that went wrong before it had a run has set no status that could be settled. */
async function tellFailed(deps: PullDeps, { task, command, host }: CommandContext): Promise<void> {
  const { work, pull } = command;
  const kind = trackedCommand(work.kind === 'comment' ? work.command.kind : work.kind);
  if (kind === undefined || pull.headSha === '') return;
  await writeStatuses(deps, { task, host, pull, headSha: pull.headSha }, [
    combinedFailed(statusNames(deps.pullSettings), kind),
  ]);
}

/** What is no fault of the command: the database is away, or another worker has it. */
function isOurs({ task }: CommandContext, error: unknown): boolean {
  return task.signal.aborted || isPolderError(error, 'database_unavailable') || isPolderError(error, 'task_lost');
}

async function workOn(deps: PullDeps, context: CommandContext, early?: EarlyFetch): Promise<string | null> {
  const { work, runId } = context.command;
  if (work.kind === 'close') return closePull(deps, context);
  const live = await getLive(context);
  if (!live) return 'the host has no such pull request';
  if (live.cloneUrl) deps.sources.note(context.command.pull.repo, live.cloneUrl);
  await noteLive(deps.db, context.command.pull, { live, now: deps.now() });
  const gate = runId === null ? await passGates(deps, context, live) : undefined;
  if (gate?.kind === 'closed') {
    if (gate.notice !== null) await reply(deps, context, { key: 'refusal', body: gate.notice });
    return gate.note;
  }
  return answer(deps, context, { live, work, early });
}

type OpenWork = Omit<Planning, 'command'> & { readonly work: Exclude<Work, { readonly kind: 'close' }> };

async function answer(
  deps: PullDeps,
  context: CommandContext,
  { live, work, early }: OpenWork,
): Promise<string | null> {
  if (work.kind === 'autoplan') return planPull(deps, context, { live, command: null, early });
  const { command } = work;
  switch (command.kind) {
    case 'plan':
      return planPull(deps, context, { live, command, early });
    case 'apply':
      return applyPull(deps, context, { live, command });
    case 'import':
    case 'state_rm':
    case 'version':
      return touchProjects(deps, context, { live, command });
    case 'unlock':
      return unlockPull(deps, context, live);
    case 'cancel':
      return cancelCommand(deps, context, await stopWork(deps, context));
    case 'approve_policies':
      return approvePolicies(deps, context);
  }
}

/**
 * A plan nearly always comes to it: branches and tags are fetched while the host is asked about the pull request. Nothing
 * of what strangers may have put up yet: whether it is worked on remains to be seen.
 */
function fetchEarly(deps: PullDeps, { work, pull, runId }: PullCommand): EarlyFetch | undefined {
  const isAutoplan = work.kind === 'autoplan' && !deps.pullSettings.disableAutoplan;
  const isPlan = isAutoplan || (work.kind === 'comment' && work.command.kind === 'plan');
  return isPlan && runId === null ? startFetch(deps, pull.repo) : undefined;
}

/** Nothing is checked yet, so that there is nothing to approve. */
async function approvePolicies(deps: PullDeps, context: CommandContext): Promise<string> {
  const body = 'There are no policy checks to approve: this server does not run any.';
  await reply(deps, context, { key: 'answer', body });
  return 'policies are not checked';
}
