import { z } from 'zod';
import { ensureSystemUser } from '../../access/index.ts';
import { holdApplyLock, releaseApplyLock } from '../../locks/index.ts';
import type { App } from '../app.ts';
import type { HttpContext } from '../deps.ts';
import { refuseForeignOrigin } from '../origin.ts';
import { plainText, textReply } from '../replies.ts';
import { shownTime } from './layout.ts';

const tags = ['pages'];
const foreign = { 403: textReply('The request comes from a page of another site') };
const omitted = 'apply is omitted from AllowCommands; Apply commands are locked globally until flag is updated';

/** The global apply lock: Atlantis' two routes, and the form of the index page. Both may be repeated. */
export function addApplyLockRoutes(app: App, context: HttpContext): void {
  const onRequest = refuseForeignOrigin(context);

  app.post(
    '/apply/lock',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Hold the global apply lock: nothing is applied until it is released',
        response: {
          200: textReply('Held, by this request or before'),
          ...foreign,
          500: textReply('It cannot be held'),
        },
      },
    },
    async (_request, reply) => {
      reply.type(plainText);
      if (!mayApply(context)) return reply.code(500).send(`creating apply lock failed with: ${omitted}\n`);
      const lock = await hold(context);
      return reply.send(`Apply Lock is acquired on ${shownTime(lock.heldSince)}\n`);
    },
  );

  app.delete(
    '/apply/unlock',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Release the global apply lock',
        response: { 200: textReply('Released, by this request or before'), ...foreign },
      },
    },
    async (_request, reply) => {
      await release(context);
      return reply.type(plainText).send('Deleted apply lock\n');
    },
  );

  app.post(
    '/apply/form',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Hold or release the global apply lock from the index page',
        body: z.object({ action: z.enum(['hold', 'release']) }),
        response: { 303: textReply('Back to the index page'), 400: textReply('No such action'), ...foreign },
      },
    },
    async (request, reply) => {
      if (request.body.action === 'release') await release(context);
      else if (mayApply(context)) await hold(context);
      return reply.code(303).header('location', '../').send('');
    },
  );
}

/** Whether applies are allowed at all; where they are not, there is nothing to lock. */
export function mayApply({ settings }: Pick<HttpContext, 'settings'>): boolean {
  return settings.allowCommands.some((command) => command === 'apply' || command === 'all');
}

async function hold(context: HttpContext) {
  const now = context.now();
  return holdApplyLock(context.db, await pageUser(context), now);
}

async function release(context: HttpContext): Promise<void> {
  const now = context.now();
  await releaseApplyLock(context.db, await pageUser(context), now);
}

/** Pages know nobody by name: what is done on them is the server's doing. */
export async function pageUser(context: Pick<HttpContext, 'db' | 'now'>) {
  return ensureSystemUser(context.db, 'polder', context.now());
}
