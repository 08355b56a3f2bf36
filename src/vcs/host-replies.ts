import type { z } from 'zod';
import { isPolderError, PolderError } from '../lib/errors.ts';

/** What a client asks for, as errors name it: `what` is a route, or a few words such as `reading a merge request`. */
export type Asked = { readonly host: 'GitHub' | 'GitLab' | 'Gitea'; readonly what: string };

export type HostAnswer = {
  /** What the host said, or what went wrong, without words of ours around it. */
  readonly said: string;
  /** Of HTTP; undefined when there was no reply. */
  readonly status: number | undefined;
  readonly cause?: unknown;
};

/** What a reply holds, believed only as far as `schema` goes. Throws `host_refused` for what is not as the host's. */
export function understood<T>({ host, what }: Asked, schema: z.ZodType<T>, data: unknown): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'the reply';
  throw new PolderError('host_refused', `asking ${host} (${what}): ${where} is not as ${host}'s: ${issue?.message}`);
}

/** The error for a reply that is no JSON: something in front of the host has answered in its place, with a page of its own. */
export function notJson({ host, what }: Asked): PolderError {
  return new PolderError('host_refused', `asking ${host} (${what}): the reply is not as ${host}'s: it is no JSON`);
}

/** The error for an answer that is a "no". Its details, `said` and `status`, are read with `isStatus` and `refusalText`. */
export function refusal({ host, what }: Asked, answer: HostAnswer): PolderError {
  const { status, cause } = answer;
  // A proxy in front of a host need not say anything.
  const said = answer.said.trim() === '' && status !== undefined ? `status ${status}` : answer.said;
  const code = status !== undefined && status >= 500 ? 'host_unavailable' : 'host_refused';
  const details = { said, ...(status === undefined ? {} : { status }) };
  return new PolderError(code, `asking ${host} (${what}): ${said}`, { cause, details });
}

/** True when the host refused with one of those statuses. */
export function isStatus(error: unknown, ...statuses: readonly number[]): error is PolderError {
  return isPolderError(error, 'host_refused') && statuses.includes(Number(error.details.status));
}

/** Whether a host takes our credentials for none. Whoever renews them cures it, so that asking again later may. */
export function isLoginRefused(error: unknown): boolean {
  return isStatus(error, 401);
}

/** What the host said when it refused, without our own words around it. */
export function refusalText(error: PolderError): string {
  return String(error.details.said ?? error.message);
}

/** For `catch`: what is not there is undefined. */
export function undefinedWhenMissing(error: unknown): undefined {
  if (isStatus(error, 404)) return undefined;
  throw error;
}
