import { isPolderError } from '../lib/errors.ts';
import type { Handler, Task } from '../queue/index.ts';
import { isPassingFailure } from '../vcs/index.ts';
import { applyPull } from './apply-pull.ts';
import { cancelCommand } from './cancel-command.ts';
import { closePull } from './close-pull.ts';
import { beginCommand, endCommand, selectCommand } from './command-store.ts';
import { type CommandContext, contextOf, type PullDeps } from './deps.ts';
import { crashNotice, passGates } from './gates.ts';
import { planPull } from './plan-pull.ts';
import { reply } from './reply.ts';
import { touchProjects } from './touch-projects.ts';
import type { PullCommand } from './types.ts';
import { unlockPull } from './unlock-pull.ts';

/**
 * The queue's handler for what is asked of a pull request: brings one command to its end, wherever an earlier server left
 * it. Commands of one pull request come one after another.
 */
export function handleCommand(deps: PullDeps): Handler {
  return async (task) => {
    const command = await selectCommand(deps.db, Number(task.payload.commandId));
    if (!command || isOver(command) || !(await begin(deps, task, command))) return;
    const context = contextOf(deps, task, command);
    const note = context ? await carryOut(deps, context) : `this server does not work for ${command.pull.repo.host}`;
    await deps.db.transaction(async (tx) => {
      await task.assertHeld(tx);
      await endCommand(tx, command.id, { note, now: deps.now() });
    });
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
async function carryOut(deps: PullDeps, context: CommandContext): Promise<string | null> {
  try {
    return await workOn(deps, context);
  } catch (error) {
    const mayPass = isPassingFailure(error) || isPolderError(error, 'database_unavailable');
    if (mayPass || isPolderError(error, 'task_lost') || context.task.signal.aborted) throw error;
    context.log.error({ err: error }, 'a command of a pull request went wrong');
    await reply(deps, context, { key: 'crash', body: crashNotice(error) });
    return 'it went wrong';
  }
}

async function workOn(deps: PullDeps, context: CommandContext): Promise<string | null> {
  const { work } = context.command;
  if (work.kind === 'close') return closePull(deps, context);
  const live = await context.pulls.getPull(context.ref);
  if (!live) return 'the host has no such pull request';
  if (context.command.runId === null) {
    const gate = await passGates(deps, context, live);
    if (gate.kind === 'closed') {
      if (gate.notice !== null) await reply(deps, context, { key: 'refusal', body: gate.notice });
      return gate.note;
    }
  }
  if (work.kind === 'autoplan') return planPull(deps, context, { live, command: null });
  const { command } = work;
  switch (command.kind) {
    case 'plan':
      return planPull(deps, context, { live, command });
    case 'apply':
      return applyPull(deps, context, { live, command });
    case 'import':
    case 'state_rm':
    case 'version':
      return touchProjects(deps, context, { live, command });
    case 'unlock':
      return unlockPull(deps, context, live);
    case 'cancel':
      return cancelCommand(deps, context);
    case 'approve_policies':
      return approvePolicies(deps, context);
  }
}

/** Nothing is checked yet, so that there is nothing to approve. */
async function approvePolicies(deps: PullDeps, context: CommandContext): Promise<string> {
  const body = 'There are no policy checks to approve: this server does not run any.';
  await reply(deps, context, { key: 'answer', body });
  return 'policies are not checked';
}
