import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import type { Answer } from './answer.ts';
import { readForm } from './form-parameters.ts';
import { bodyParameters } from './request-body.ts';

/** A parameter as it was sent: text, a list of texts (`a[]=1&a[]=2`), or whatever JSON said. */
export type RawParameters = Readonly<Record<string, unknown>>;

export type ReadRequest =
  | {
      readonly kind: 'read';
      readonly raw: RawParameters;
      /** What is wrong with the body, whose parameters are then missing. */
      readonly bodyProblem: Answer | null;
    }
  /** It holds text that no database takes. */
  | { readonly kind: 'malformed' };

/**
 * Whether the address or a credential holds a NUL byte or bytes that are no UTF-8. `%` without two hexadecimal digits
 * counts as malformed too.
 */
export function isMalformed({ url, headers }: Pick<FastifyRequest, 'url' | 'headers'>): boolean {
  const credentials = [headers['private-token'], headers['job-token'], headers.authorization];
  // Node reads headers as Latin-1.
  if (!credentials.every((text) => isUtf8(Buffer.from(String(text ?? ''), 'latin1')))) return true;
  try {
    return decodeURIComponent(url.replaceAll('+', ' ')).includes('\0');
  } catch {
    return true;
  }
}

/** Path, body and query merged: the path wins over the body, which wins over the query. */
export async function readRequest(request: FastifyRequest): Promise<ReadRequest> {
  const path = request.params as Readonly<Record<string, string>>;
  const start = request.url.indexOf('?');
  const query = readForm(start < 0 ? '' : request.url.slice(start + 1));
  const body = await bodyParameters(request);
  if (isMalformed(request) || !query || body.kind === 'malformed') return { kind: 'malformed' };
  const raw = { ...query, ...(body.kind === 'read' ? body.values : {}), ...path };
  return { kind: 'read', raw, bodyProblem: body.kind === 'refused' ? body.answer : null };
}
