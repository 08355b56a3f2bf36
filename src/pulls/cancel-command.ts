import { notices } from '../comments/index.ts';
import { cancelRun } from '../runs/index.ts';
import { endUnstarted, selectOpenCommands, setFacts } from './command-store.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { reply } from './reply.ts';
import { settlePending } from './settle-statuses.ts';

/** Takes everything that waits on the pull request out of its queue, and stops what runs. Null: it was done. */
export async function cancelCommand(deps: PullDeps, context: CommandContext): Promise<null> {
  const { command } = context;
  const note = `cancelled by ${command.actor.login}`;
  const end = { state: 'cancelled', note, before: command.id, now: deps.now() } as const;
  // Asked again, because the answer could not be given, there is nothing left to end.
  const queued =
    command.facts.dropped ??
    (await deps.db.transaction(async (tx) => {
      const dropped = await endUnstarted(tx, command.pull.id, end);
      await setFacts(tx, command.id, { dropped });
      return dropped;
    }));
  let running = 0;
  for (const other of await selectOpenCommands(deps.db, command.pull.id)) {
    if (other.id >= command.id || other.runId === null) continue;
    if ((await cancelRun(deps, other.runId, command.actor)) === 'cancelling') running += 1;
  }
  await settlePending(deps, { host: context.host, pull: command.pull, ending: command.id });
  await reply(deps, context, { key: 'answer', body: notices.cancelled({ queued, running }) });
  return null;
}
