import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Answer, errorAnswer } from './answer.ts';
import { readForm, readPairs } from './form-parameters.ts';

export type BodyParameters =
  | { readonly kind: 'read'; readonly values: Readonly<Record<string, unknown>> }
  /** Text that no database takes, or a form that is none. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'refused'; readonly answer: Answer };

const contentTypeKey = 'gitlabContentType';

/** Bodies arrive as bytes: what they are is said only after the credential was looked at. */
export function takeBodiesAsBytes(api: FastifyInstance): void {
  api.decorateRequest(contentTypeKey, '');
  api.addHook('onRequest', async (request) => {
    request.setDecorator(contentTypeKey, request.headers['content-type'] ?? '');
    // Fastify would refuse one that it cannot read.
    delete request.headers['content-type'];
  });
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/**
 * The parameters in a body: JSON, a form, or a form in parts. No body, and the JSON value `null`, have none, whatever
 * the content type says: clients send one with every request.
 */
export async function bodyParameters(request: FastifyRequest): Promise<BodyParameters> {
  const { body } = request;
  if (!Buffer.isBuffer(body) || body.length === 0) return read({});
  const contentType = request.getDecorator<string>(contentTypeKey);
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const reader = readers[type];
  if (!reader) {
    const answer = errorAnswer(415, `The provided content-type '${type}' is not supported.`);
    return { kind: 'refused', answer };
  }
  return isUtf8(body) ? reader(body, contentType) : { kind: 'malformed' };
}

type Reader = (body: Buffer, contentType: string) => BodyParameters | Promise<BodyParameters>;

const readers: Readonly<Record<string, Reader>> = {
  'application/json': readJson,
  'application/x-www-form-urlencoded': (body) => readOrMalformed(readForm(body.toString('utf8'))),
  'multipart/form-data': readParts,
};

const notAsDeclared = {
  kind: 'refused',
  answer: errorAnswer(400, 'message body does not match declared format'),
} as const;

function readJson(body: Buffer): BodyParameters {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return notAsDeclared;
  }
  if (value === null) return read({});
  if (typeof value !== 'object' || Array.isArray(value)) return notAsDeclared;
  return holdsBadText(value) ? { kind: 'malformed' } : read(value as Record<string, unknown>);
}

/** The platform has a reader of parts (https://www.rfc-editor.org/rfc/rfc7578); a file is no text and stays an object. */
async function readParts(body: Buffer, contentType: string): Promise<BodyParameters> {
  if (body.includes(0)) return { kind: 'malformed' };
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    return readOrMalformed(readPairs(form.entries()));
  } catch {
    return notAsDeclared;
  }
}

function readOrMalformed(values: Readonly<Record<string, unknown>> | undefined): BodyParameters {
  return values === undefined || holdsBadText(values) ? { kind: 'malformed' } : read(values);
}

function read(values: Readonly<Record<string, unknown>>): BodyParameters {
  return { kind: 'read', values };
}

/**
 * Whether a name or text anywhere in it has a NUL byte, or half of a pair of code units, which is no UTF-8. No
 * recursion: it may be as deep as the body is long.
 */
function holdsBadText(value: object): boolean {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === 'string' && isBadText(next)) return true;
    if (typeof next !== 'object' || next === null) continue;
    for (const [name, inner] of Object.entries(next)) {
      if (isBadText(name)) return true;
      waiting.push(inner);
    }
  }
  return false;
}

function isBadText(text: string): boolean {
  return text.includes('\0') || /\p{Surrogate}/u.test(text);
}
