import { notices } from '../comments/index.ts';
import type { Tx } from '../db/index.ts';
import { cancelRun, getRun, isEnd } from '../runs/index.ts';
import { endUnstarted, selectOpenCommands, setFacts } from './command-store.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { reply } from './reply.ts';
import { settlePending } from './settle-statuses.ts';
import type { CommandFacts, PullCommand } from './types.ts';

type Stopped = NonNullable<CommandFacts['stopped']>;

/**
 * Takes everything that waits on the pull request out of its queue, and stops what runs. Asked again, because the answer
 * could not be given, there is nothing left to stop, and it says what there was.
 */
export async function stopWork(deps: PullDeps, { command }: Pick<CommandContext, 'command'>): Promise<Stopped> {
  const { stopped, runIds } = await deps.db.transaction((tx) => dropWaiting(deps, tx, command));
  for (const runId of runIds) await cancelRun(deps, runId, command.actor);
  return stopped;
}

async function dropWaiting(deps: PullDeps, tx: Tx, command: PullCommand) {
  const note = `cancelled by ${command.actor.login}`;
  const end = { state: 'cancelled', note, before: command.id, now: deps.now() } as const;
  const queued = await endUnstarted(tx, command.pull.id, end);
  const runIds: number[] = [];
  for (const { id, runId } of await selectOpenCommands(tx, command.pull.id)) {
    const run = id < command.id && runId !== null ? await getRun(tx, runId) : undefined;
    if (run && !isEnd(run.state)) runIds.push(run.id);
  }
  const stopped = command.facts.stopped ?? { queued, running: runIds.length };
  await setFacts(tx, command.id, { stopped });
  return { stopped, runIds };
}

/** Says what was stopped, and sees to it that no status says otherwise. Null: it was done. */
export async function cancelCommand(deps: PullDeps, context: CommandContext, stopped: Stopped): Promise<null> {
  await settlePending(deps, { ...context, pull: context.command.pull, ending: context.command.id });
  await reply(deps, context, { key: 'answer', body: notices.cancelled(stopped) });
  return null;
}
