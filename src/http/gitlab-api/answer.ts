import { createHash } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';

/** What a request is answered with. */
export type Answer = {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body: { readonly json: unknown } | { readonly text: string } | null;
};

export function ok(json: unknown, headers: OutgoingHttpHeaders = {}): Answer {
  return { status: 200, headers, body: { json } };
}

export function created(json: unknown): Answer {
  return { status: 201, body: { json } };
}

export const noContent: Answer = { status: 204, body: null };

/** The shape of refused parameters, unknown routes and verbs. */
export function errorAnswer(status: number, error: string, headers: OutgoingHttpHeaders = {}): Answer {
  return { status, headers, body: { json: { error } } };
}

/** The shape of everything else that is refused; `message` repeats the status in words. */
export function messageAnswer(status: number, message: string): Answer {
  return { status, body: { json: { message } } };
}

/** The shape of credentials that are not good enough (RFC 6750). */
export function credentialAnswer(
  status: 401 | 403,
  refusal: { readonly error: string; readonly error_description: string; readonly scope?: string },
): Answer {
  const challenge = Object.entries(refusal).map(([name, value]) => `${name}="${value}"`);
  const headers = { 'www-authenticate': `Bearer realm="Polder", ${challenge.join(', ')}` };
  return { status, headers, body: { json: refusal } };
}

/** The shape of what a record cannot be: each field with what is wrong with it. */
export function invalidRecord(problems: Readonly<Record<string, readonly string[]>>): Answer {
  return { status: 400, body: { json: { message: problems } } };
}

export const badText: Answer = { status: 400, body: { text: 'Bad Request' } };
export const unauthorized = messageAnswer(401, '401 Unauthorized');
export const forbidden = messageAnswer(403, '403 Forbidden');
export const recordNotFound = messageAnswer(404, '404 Not found');
export const projectNotFound = messageAnswer(404, '404 Project Not Found');
export const groupNotFound = messageAnswer(404, '404 Group Not Found');
export const routeNotFound = errorAnswer(404, '404 Not Found');

export function badRequest(reason: string): Answer {
  return messageAnswer(400, `400 Bad request - ${reason}`);
}

/**
 * Sends bytes rather than a string: Fastify would add a character set to the content type, and GitLab has none. What the
 * client has already (RFC 9110, If-None-Match) is not sent again.
 */
export async function sendAnswer(reply: FastifyReply, answer: Answer): Promise<FastifyReply> {
  const { status, headers = {}, body } = answer;
  reply.code(status).headers(headers);
  if (body === null) return reply.send();
  if ('text' in body) return reply.header('content-type', 'text/plain').send(body.text);
  const bytes = Buffer.from(JSON.stringify(body.json));
  const { method, headers: asked } = reply.request;
  if (status === 200 && (method === 'GET' || method === 'HEAD')) {
    const tag = `W/"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
    reply.header('etag', tag);
    if (asked['if-none-match']?.includes(tag)) return reply.code(304).send();
  }
  return reply.header('content-type', 'application/json').send(bytes);
}
