import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { canSee } from '../../access/index.ts';
import type { App } from '../app.ts';
import { callerOf, requireAbility } from '../auth.ts';
import type { HttpContext } from '../deps.ts';
import { removeLock } from '../lock-removal.ts';
import { errorBody, errorReply } from '../replies.ts';
import { unescapeUrl } from '../unescape-url.ts';
import { bodyOf } from './accept-request.ts';
import { lockRequestBody } from './lock-request.ts';
import { takeLock } from './take-lock.ts';

const lockAnswer = z.object({ lock_key: z.string(), message: z.string() });
const described = { tags: ['atlantis'], security: [{ apiSecret: [] }, { polderToken: [] }, { bearerToken: [] }] };
const refusals = {
  400: errorReply('The request is not valid, or the API is off'),
  401: errorReply('No credential, or one that is not valid'),
  403: errorReply('Repository not allowed, or the credential does not allow this'),
};
const removalReplies = {
  200: lockAnswer,
  ...refusals,
  404: errorReply('No such lock is held, or several hosts have one of that name'),
  409: errorReply('The run that holds the lock is going on'),
};

/** Manual locks by `POST /api/lock`, and the removal of any lock by `DELETE /api/lock?id=` or `DELETE /api/locks/{key}`. */
export function addLockRoutes(app: App, context: HttpContext): void {
  const onRequest = requireAbility(context, { ability: 'locks:write', statusWhenDisabled: 400 });

  app.post(
    '/api/lock',
    {
      onRequest,
      schema: {
        ...described,
        summary: 'Lock a project by hand, until somebody removes the lock',
        body: lockRequestBody,
        response: {
          200: lockAnswer,
          ...refusals,
          409: errorBody.extend({ lock_key: z.string().optional() }),
          413: errorReply('The body is larger than 1 MiB'),
          500: errorReply('The lock could not be stored'),
        },
      },
    },
    async (request, reply) => {
      const { status, body } = await takeLock(context, callerOf(request), bodyOf(request));
      reply.code(status);
      return body;
    },
  );

  const summary = 'Remove a lock, whoever holds it';
  const byQuery = { ...described, summary, querystring: z.object({ id: z.string() }), response: removalReplies };
  app.delete('/api/lock', { onRequest, schema: byQuery }, async (request, reply) =>
    answerRemoval(context, request.query.id, { request, reply }),
  );

  const byPath = { ...described, summary, params: z.object({ key: z.string() }), response: removalReplies };
  app.delete('/api/locks/:key', { onRequest, schema: byPath }, async (request, reply) =>
    answerRemoval(context, request.params.key, { request, reply }),
  );
}

async function answerRemoval(
  context: HttpContext,
  written: string,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<z.infer<typeof lockAnswer> | z.infer<typeof errorBody>> {
  const caller = callerOf(request);
  const key = plainKey(written);
  const removal = await removeLock(context, key, {
    actor: caller.actor,
    reason: 'removed over the API',
    isVisible: (lock) => canSee(caller, { id: lock.repoId, visibility: 'private' }),
  });
  switch (removal.kind) {
    case 'removed':
      return { lock_key: key, message: `Lock ${key} deleted` };
    case 'malformed':
      reply.code(400);
      return {
        error: `${JSON.stringify(key)} is not a lock key: expected <repository>/<path>/<workspace>/<project name>`,
      };
    case 'not_held':
      reply.code(404);
      return { error: `no lock is held with key ${JSON.stringify(key)}` };
    case 'ambiguous':
      reply.code(404);
      return { error: removal.message };
    case 'in_use':
      reply.code(409);
      return { error: removal.message };
  }
}

/** Copied from a link, a key is escaped once more than the parameter's own escapes. */
function plainKey(written: string): string {
  const unescaped = unescapeUrl(written, ' ');
  return written.includes('/') || !unescaped.ok ? written : unescaped.text;
}
