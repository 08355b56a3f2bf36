import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { keepHeldLocks, type Lock, listLocks, lockName } from '../../locks/index.ts';
import type { App } from '../app.ts';
import { callerOf, requireAbility } from '../auth.ts';
import type { HttpContext } from '../deps.ts';
import { encodeGoJson, goTime } from '../go-json/index.ts';
import { errorReply } from '../replies.ts';

const lockBody = z.object({
  Name: z.string(),
  ProjectName: z.string(),
  ProjectRepo: z.string(),
  ProjectRepoPath: z.string(),
  PullID: z.string().describe('0 for manual locks, the negated id of the run for runs without a pull request'),
  PullURL: z.string(),
  User: z.string(),
  Workspace: z.string(),
  Time: z.string().meta({ format: 'date-time' }),
  IsManualLock: z.literal(true).optional(),
  Note: z.string().optional(),
});

/** `GET /api/locks`: every held lock, in one answer. Open like Atlantis', unless the operator asks for a token. */
export function addLockList(app: App, context: HttpContext): void {
  const { locksRequireToken } = context.settings;
  const sendAllLocks = keptAnswer(context);
  const guard = requireAbility(context, { ability: 'runs:read', statusWhenDisabled: 401 });
  app.get(
    '/api/locks',
    {
      ...(locksRequireToken ? { onRequest: guard } : {}),
      schema: {
        tags: ['atlantis'],
        summary: 'The project locks that are held, oldest first',
        security: [{}, { apiSecret: [] }, { polderToken: [] }, { bearerToken: [] }],
        response: {
          200: z.object({ Locks: z.array(lockBody) }),
          401: errorReply('No credential, or one that is not valid; only where the operator asks for one'),
          403: errorReply('The credential does not allow this'),
          500: errorReply('The locks could not be read'),
        },
      },
    },
    async (request, reply) => {
      const own = locksRequireToken ? callerOf(request).repoId : null;
      if (own === null) return sendAllLocks(reply);
      const locks = await listLocks(context.db);
      return { Locks: locks.filter((lock) => lock.repoId === own).map(toLockBody) };
    },
  );
}

/** Keeps the last answer for as long as the locks are the same. */
function keptAnswer({ db }: HttpContext): (reply: FastifyReply) => Promise<FastifyReply> {
  const readTexts = keepHeldLocks(db, (lock) => encodeGoJson(toLockBody(lock)).trimEnd());
  let kept: { readonly texts: readonly string[]; readonly answer: Buffer } | undefined;
  return async (reply) => {
    const texts = await readTexts();
    if (kept?.texts !== texts) kept = { texts, answer: Buffer.from(`{"Locks":[${texts.join(',')}]}\n`) };
    return reply.header('content-type', 'application/json').send(kept.answer);
  };
}

function toLockBody(lock: Lock): z.infer<typeof lockBody> {
  return {
    Name: lockName(lock),
    ProjectName: lock.projectName,
    ProjectRepo: lock.repoFullName,
    ProjectRepoPath: lock.dir,
    ...holderFields(lock),
    User: lock.actor.login,
    Workspace: lock.workspace,
    Time: goTime(lock.createdAt),
    ...(lock.holder.kind === 'manual'
      ? { IsManualLock: true, ...(lock.holder.note && { Note: lock.holder.note }) }
      : {}),
  };
}

function holderFields({ holder }: Lock): { PullID: string; PullURL: string } {
  switch (holder.kind) {
    case 'manual':
      return { PullID: '0', PullURL: '' };
    case 'run':
      return { PullID: `-${holder.runId}`, PullURL: '' };
    case 'pull':
      return { PullID: String(holder.pullNumber), PullURL: holder.pullUrl };
  }
}
