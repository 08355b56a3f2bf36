import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { errorText } from '../../lib/errors.ts';

export type ReadBody<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** The JSON body of a request; none counts as `{}`. Each thing that is wrong is named by its field. */
export function readBody<T>(schema: z.ZodType<T>, { body }: Pick<FastifyRequest, 'body'>): ReadBody<T> {
  const json = parseJson(Buffer.isBuffer(body) ? body.toString('utf8') : '');
  if (!json.ok) return json;
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `field ${JSON.stringify(path.join('.'))}: ${message}`,
  );
  return { ok: false, error: problems.join('; ') };
}

function parseJson(text: string): ReadBody<unknown> {
  if (text.trim() === '') return { ok: true, value: {} };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, error: `parsing the body: ${errorText(error)}` };
  }
}
