import type { Handler } from '../queue/index.ts';
import { countBefore, selectCommand } from './command-store.ts';
import { contextOf, type PullDeps } from './deps.ts';
import { reply } from './reply.ts';

/** Who waits for no longer than this is answered soon enough. */
export const waitingPauseMs = 5000;

/** The queue's handler for the word that a command waits, of which no commit status tells, such as `unlock`. */
export function tellWaiting(deps: PullDeps): Handler {
  return async (task) => {
    const command = await selectCommand(deps.db, Number(task.payload.commandId));
    const context = command && contextOf(deps, task, command);
    if (!context || command.state !== 'queued' || command.work.kind !== 'comment') return;
    const before = await countBefore(deps.db, command);
    if (before === 0) return;
    const body = waitingText(deps.pullSettings.executableName, { kind: command.work.command.kind, before });
    await reply(deps, context, { key: 'waiting', body });
  };
}

function waitingText(executableName: string, { kind, before }: { readonly kind: string; readonly before: number }) {
  const words = kind === 'state_rm' ? 'state rm' : kind;
  const what = before === 1 ? 'the command before it ends' : `the ${before} commands before it end`;
  return `\`${executableName} ${words}\` waits until ${what}.`;
}
