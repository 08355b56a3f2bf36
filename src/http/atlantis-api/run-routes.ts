import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { isEnd, jobOutputs, lockLinkName, type RunWithJobs, waitForRun } from '../../runs/index.ts';
import type { App } from '../app.ts';
import { requireAbility } from '../auth.ts';
import { hangUpSignal, liftIdleTimeout } from '../connection.ts';
import type { HttpContext } from '../deps.ts';
import { errorBody, errorReply } from '../replies.ts';
import { runBody, runUrl, toRunBody } from '../runs-api/index.ts';
import { acceptRequest, type RequestedCommand } from './accept-request.ts';
import { commandResult, toAtlantisResult } from './result.ts';
import { runRequestBody } from './run-request.ts';

const asyncQuery = z.object({
  async: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: answer at once with the run, do not wait for its end'),
});

/** `POST /api/plan` and `POST /api/apply` (https://www.runatlantis.io/docs/api-endpoints). */
export function addRunRoutes(app: App, context: HttpContext): void {
  addRunRoute(app, context, 'plan');
  addRunRoute(app, context, 'apply');
}

function addRunRoute(app: App, context: HttpContext, kind: RequestedCommand): void {
  app.post(
    `/api/${kind}`,
    {
      onRequest: requireAbility(context, { ability: `runs:${kind}`, statusWhenDisabled: 503 }),
      schema: {
        tags: ['atlantis'],
        summary:
          kind === 'plan' ? 'Plan projects and wait for the result' : 'Plan and apply projects and wait for the result',
        security: [{ apiSecret: [] }, { polderToken: [] }, { bearerToken: [] }],
        body: runRequestBody,
        querystring: asyncQuery,
        headers: z.object({ 'idempotency-key': z.string().optional() }),
        response: replies,
      },
    },
    async (request, reply) => {
      const accepted = await acceptRequest(context, kind, request);
      if (accepted.kind === 'refused') {
        reply.code(accepted.status).headers(accepted.headers ?? {});
        return { error: accepted.error };
      }
      nameRun(reply, accepted);
      const isAsync = request.query.async === 'true';
      return isAsync ? answerAtOnce(context, accepted.runId, reply) : answerAtEnd(context, accepted.runId, reply);
    },
  );
}

const replies = {
  200: commandResult.describe('Every project succeeded'),
  202: z.object({ run: runBody, url: z.string() }).describe('Accepted, with async=true'),
  400: errorReply('The request cannot become a run'),
  401: errorReply('No credential, or one that is not valid'),
  403: errorReply('Repository or command not allowed, or the credential does not allow this'),
  409: errorReply('Applying is locked for all repositories'),
  413: errorReply('The body is larger than 1 MiB'),
  422: errorReply('The Idempotency-Key was used for another request'),
  500: z.union([commandResult, errorBody]).describe('Some project did not succeed, or the server has a fault'),
  503: errorReply('The API is off, or the server is shutting down'),
};

/** Every answer about a run says which, so that a caller can find it again. */
function nameRun(reply: FastifyReply, run: { runId: number; repeated: boolean }): void {
  reply.header('x-polder-run-id', run.runId).header('x-polder-run-url', runUrl(run.runId));
  if (run.repeated) reply.header('idempotent-replayed', 'true');
}

async function answerAtOnce(context: HttpContext, runId: number, reply: FastifyReply) {
  const run = await waitForRun(context.db, runId, AbortSignal.abort());
  if (!run) throw new Error(`reading run ${runId}: it is gone`);
  reply.code(202).header('location', runUrl(runId));
  return { run: toRunBody(run), url: runUrl(runId) };
}

/** The run goes on whether or not the client waits for it. */
async function answerAtEnd(context: HttpContext, runId: number, reply: FastifyReply) {
  liftIdleTimeout(reply);
  const run = await waitForRun(context.db, runId, hangUpSignal(reply, context.closing));
  if (!run) throw new Error(`waiting for run ${runId}: it is gone`);
  if (!isEnd(run.state)) {
    reply.code(503);
    return { error: `the server is closing; run ${runId} goes on, see ${runUrl(runId)}` };
  }
  reply.code(isSuccess(run) ? 200 : 500);
  const lockName = await lockLinkName(context.db, { repoFullName: run.repo.fullName });
  return toAtlantisResult(run, await jobOutputs(context.db, runId), { ...context.settings, lockName });
}

function isSuccess(run: RunWithJobs): boolean {
  return run.jobs.every((job) => job.state === 'succeeded');
}
