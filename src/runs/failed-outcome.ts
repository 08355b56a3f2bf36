import { isDiskFull } from '../db/index.ts';
import { errorText, isPolderError } from '../lib/errors.ts';
import type { JobOutcome } from './types.ts';

/** What the outcome of a job says about something thrown. */
export function failedOutcome(error: unknown): Extract<JobOutcome, { kind: 'failed' }> {
  if (isDiskFull(error)) {
    return { kind: 'failed', code: 'disk_full', message: `there is no space left: ${errorText(error)}` };
  }
  return { kind: 'failed', code: isPolderError(error) ? error.code : 'internal', message: errorText(error) };
}
