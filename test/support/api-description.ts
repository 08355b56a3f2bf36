import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { z } from 'zod';
import type { HttpServer } from '../../src/http/index.ts';

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
type Operation = { responses?: Record<string, { content?: Record<string, { schema: JsonSchema }> }> };
export type Description = { openapi: string; paths: Record<string, Record<string, Operation>> };

/** The description that the app gives of itself. */
export function descriptionOf(app: HttpServer): Description {
  return app.swagger() as unknown as Description;
}

/**
 * The app with an `inject` that fails when a JSON answer of the API differs from its description. Apps of one `kind` have
 * the same description: making it takes as long as most tests.
 */
export function heldToDescription(app: HttpServer, kind: string): HttpServer {
  const inject = async (options: InjectOptions): Promise<LightMyRequestResponse> => {
    const reply = await app.inject(options);
    if (options.method !== 'HEAD' && reply.body !== '') checkReply(expectedOf(app, kind), options, reply);
    return reply;
  };
  return Object.assign(Object.create(app) as HttpServer, { inject });
}

const known = new Map<string, Expected>();

function expectedOf(app: HttpServer, kind: string): Expected {
  const expected = known.get(kind) ?? { paths: descriptionOf(app).paths, readerOf: createReaders() };
  known.set(kind, expected);
  return expected;
}

function createReaders(): Expected['readerOf'] {
  const readers = new Map<JsonSchema, z.ZodType>();
  return (schema) => {
    const reader = readers.get(schema) ?? z.fromJSONSchema(schema);
    readers.set(schema, reader);
    return reader;
  };
}

type Expected = {
  readonly paths: Description['paths'];
  readonly readerOf: (schema: JsonSchema) => z.ZodType;
};

function checkReply({ paths, readerOf }: Expected, sent: InjectOptions, reply: LightMyRequestResponse): void {
  if (!String(reply.headers['content-type']).startsWith('application/json')) return;
  const method = (sent.method ?? 'GET').toLowerCase();
  const [path = ''] = (typeof sent.url === 'string' ? sent.url : '').split('?');
  const template = Object.keys(paths).find((candidate) => isAt(candidate, path) && paths[candidate]?.[method]);
  const schema = schemaOf(template ? paths[template]?.[method] : undefined, reply.statusCode);
  const where = `${method} ${path}: ${reply.statusCode}`;
  if (schema === undefined) throw new Error(`${where} is not described`);
  const result = readerOf(schema).safeParse(reply.json());
  if (!result.success) throw new Error(`${where} differs from its description: ${result.error.message}`);
}

/** That of the status, or of all of its kind. */
function schemaOf(operation: Operation | undefined, status: number): JsonSchema | undefined {
  const { responses = {} } = operation ?? {};
  const response = responses[status] ?? responses[`${String(status).charAt(0)}XX`];
  return response?.content?.['application/json']?.schema;
}

function isAt(template: string, path: string): boolean {
  const pattern = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}
