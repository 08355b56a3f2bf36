import { notices, renderCommandComment } from '../comments/index.ts';
import { errorText, isPolderError } from '../lib/errors.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { commandView } from './result-view.ts';

/** What a pull request is told of a fault: an error of its command, where it has a name, and else a bug of ours. */
export function faultNotice(deps: PullDeps, { command, host }: CommandContext, error: unknown): string {
  const { work } = command;
  const kind = work.kind === 'comment' ? work.command.kind : 'plan';
  const isKnown = isPolderError(error) && error.code !== 'internal';
  if (!isKnown || work.kind === 'close' || kind === 'unlock' || kind === 'cancel') {
    return notices.crashed(errorText(error));
  }
  const { markdown } = host.capabilities;
  const result = { kind: 'error', message: error.message } as const;
  const view = commandView(deps.pullSettings, { command: kind, result, markdown, tooMany: false, log: null });
  return renderCommandComment(view) ?? notices.crashed(error.message);
}
