import { type ErrorCode, errorCatalogue } from './error-catalogue.ts';

export type { ErrorCode } from './error-catalogue.ts';

/** Plain facts about an error: rendered by logs and by HTTP, never holding a secret. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * The one error class. `message` reads "<activity>: <reason>"; `code` is stable and listed in `docs/errors.md`.
 * Expected refusals (locked, not approved) are not errors: they are returned as outcomes.
 */
export class PolderError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message?: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(message ?? errorCatalogue[code], options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PolderError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** True for a `PolderError`, of this code when one is given. */
export function isPolderError(error: unknown, code?: ErrorCode): error is PolderError {
  return error instanceof PolderError && (code === undefined || error.code === code);
}

/** The text of anything that was thrown, causes included, on one line each. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `: ${errorText(error.cause)}`;
  return cause !== '' && error.message.endsWith(cause.slice(2)) ? error.message : `${error.message}${cause}`;
}
