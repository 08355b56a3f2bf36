import { errorText, isPolderError, type PolderError } from '../../lib/errors.ts';
import { refusal } from '../index.ts';

/** Our error for one that the library threw. `what` is a route, or what was asked for. */
export function refusalOf(what: string, error: unknown): PolderError {
  if (isPolderError(error)) return error;
  const { cause, response } = error as { cause?: unknown; response?: { data?: unknown } };
  // Octokit wraps what our fetch throws.
  if (isPolderError(cause)) return cause;
  // GitHub says why in JSON; a page of what stands in front of it is nothing to show to anybody.
  const said = typeof response?.data === 'string' ? '' : errorText(error);
  return refusal({ host: 'GitHub', what }, { said, status: statusOf(error), cause: error });
}

/** Of HTTP; undefined when there was no reply. */
export function statusOf(error: unknown): number | undefined {
  const { status } = error as { status?: unknown };
  return typeof status === 'number' ? status : undefined;
}
