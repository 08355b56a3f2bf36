import { notices } from '../comments/index.ts';
import { cancelRun } from '../runs/index.ts';
import { endQueued, selectOpenCommands } from './command-store.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { reply } from './reply.ts';

/** Takes everything that waits on the pull request out of its queue, and stops what runs. Null: it was done. */
export async function cancelCommand(deps: PullDeps, context: CommandContext): Promise<null> {
  const { command } = context;
  const note = `cancelled by ${command.actor.login}`;
  const end = { state: 'cancelled', note, before: command.id, now: deps.now() } as const;
  const queued = await deps.db.transaction((tx) => endQueued(tx, command.pull.id, end));
  let running = 0;
  for (const other of await selectOpenCommands(deps.db, command.pull.id)) {
    if (other.id >= command.id || other.runId === null) continue;
    if ((await cancelRun(deps, other.runId, command.actor)) === 'cancelling') running += 1;
  }
  await reply(deps, context, { key: 'answer', body: notices.cancelled({ queued, running }) });
  return null;
}
