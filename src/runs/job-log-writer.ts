import { createLogWriter, type LogWriter } from '../job-logs/index.ts';
import { errorText } from '../lib/errors.ts';
import type { Task } from '../queue/index.ts';
import { stripAnsi } from '../terraform/index.ts';
import type { RunDeps } from './deps.ts';

/** The writer of a job's log for as long as its run is ours. */
export function jobLogWriter(deps: Pick<RunDeps, 'db' | 'log' | 'settings'>, task: Task, jobId: number): LogWriter {
  return createLogWriter(deps.db, jobId, {
    maxBytes: deps.settings.logMaxBytes,
    clean: stripAnsi,
    guard: (tx) => task.assertHeld(tx),
    signal: task.signal,
    onFault: (error) => deps.log.error({ jobId, reason: errorText(error) }, 'writing a job log went wrong'),
  });
}
