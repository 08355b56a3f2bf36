import type { Handler } from '../queue/index.ts';
import type { PullDeps } from './deps.ts';
import { greetCommand } from './greet-command.ts';
import { handleCommand } from './handle-command.ts';
import { postNotice } from './post-notice.ts';
import { setRefusedStatus } from './set-refused-status.ts';
import { settleStatuses } from './settle-statuses.ts';
import { apiRunTask, commandTask, greetTask, noticeTask, refusedStatusTask, statusTask, waitingTask } from './tasks.ts';
import { tellApiRun } from './tell-api-run.ts';
import { tellWaiting } from './tell-waiting.ts';

/** The queue's handlers for what is due on pull requests, by the kinds of their tasks. */
export function pullHandlers(deps: PullDeps): Readonly<Record<string, Handler>> {
  return {
    [apiRunTask]: tellApiRun(deps),
    [commandTask]: handleCommand(deps),
    ...greetingHandlers(deps),
    [noticeTask]: postNotice(deps),
    [statusTask]: settleStatuses(deps),
    [refusedStatusTask]: setRefusedStatus(deps),
    [waitingTask]: tellWaiting(deps),
  };
}

/** Of these that for what is due the moment a command comes, such as a `cancel`. */
export function greetingHandlers(deps: PullDeps): Readonly<Record<string, Handler>> {
  return { [greetTask]: greetCommand(deps) };
}
