import type { FastifyError } from 'fastify';
import { type ErrorCode, errorText, isPolderError } from '../lib/errors.ts';

/** The status of each error code that is not a fault of the server. All others answer 500. */
const statuses: Partial<Record<ErrorCode, number>> = {
  database_unavailable: 503,
  disk_full: 507,
  host_not_configured: 400,
  repo_not_found: 400,
  path_outside: 400,
};

/** How long a load balancer or a database needs to be there again, in seconds. */
export const retryAfter = '30';

export type Problem = {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Nobody expected it: it goes to the log. */
  readonly isFault: boolean;
};

const plain = { headers: {}, isFault: false };

/** What a thrown thing means to the client. The only place that knows the status of an error code. */
export function problemOf(error: unknown): Problem {
  if (isPolderError(error)) {
    const status = statuses[error.code] ?? 500;
    const headers = status === 503 ? { 'retry-after': retryAfter } : {};
    return { ...plain, status, headers, message: errorText(error), isFault: status >= 500 };
  }
  const { statusCode, code, validation, validationContext } = error as Partial<FastifyError>;
  if (validation !== undefined) return { ...plain, status: 400, message: explain(validation, validationContext) };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return { ...plain, status: 413, message: 'the request body is too large' };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { ...plain, status: statusCode, message: errorText(error) };
  }
  return { ...plain, status: 500, message: errorText(error), isFault: true };
}

const contexts: Readonly<Record<string, string>> = {
  querystring: 'query parameter',
  params: 'path parameter',
  headers: 'header',
  body: 'field',
};

function explain(validation: NonNullable<FastifyError['validation']>, context: string | undefined): string {
  return validation
    .map(({ instancePath, message }) => {
      const name = instancePath.slice(1).replaceAll('/', '.');
      return `${contexts[context ?? ''] ?? 'value'} ${JSON.stringify(name)}: ${message ?? 'is not valid'}`;
    })
    .join('; ');
}
