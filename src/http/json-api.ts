import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { HttpDeps } from './deps.ts';
import { problemOf } from './errors.ts';
import { encodeGoJson } from './go-json/index.ts';

/** Bodies are read by Go's rules, which no schema expresses; a checked copy of the headers would lose the others. */
const describedOnly = new Set(['body', 'headers']);
const keep = (value: unknown) => ({ value });

/**
 * Makes an encapsulated instance speak JSON like Atlantis: request bodies arrive as bytes whatever their content type,
 * answers are encoded as Go does (or by `encode`), and errors are `{"error": "<reason>"}`.
 */
export function useGoJson(
  app: FastifyInstance,
  deps: Pick<HttpDeps, 'log'>,
  encode: (value: unknown) => string = encodeGoJson,
): void {
  app.addHook('onRequest', async (request) => {
    // Atlantis never looks at it; Fastify would refuse one that it cannot read.
    delete request.headers['content-type'];
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setValidatorCompiler<z.ZodType>((part) =>
    describedOnly.has(part.httpPart ?? '') ? keep : validatorCompiler(part),
  );
  app.setSerializerCompiler(() => encode);
  app.addHook('preSerialization', async (_request, reply) => {
    reply.serializer(encode).header('content-type', 'application/json');
  });
  app.setErrorHandler(async (error, request, reply) => answerError({ error, request, reply, log: deps.log }));
}

async function answerError(fault: {
  error: unknown;
  request: FastifyRequest;
  reply: FastifyReply;
  log: HttpDeps['log'];
}): Promise<{ error: string }> {
  const { error, request, reply, log } = fault;
  const problem = problemOf(error);
  if (problem.isFault)
    log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'request went wrong');
  reply.code(problem.status).headers(problem.headers);
  return { error: problem.message };
}
