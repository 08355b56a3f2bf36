import { z } from 'zod';
import type { App } from '../app.ts';
import type { HttpContext } from '../deps.ts';
import { plainText, sendChunks } from '../replies.ts';
import { sendLogEvents } from './log-events.ts';
import { logText, runLogText } from './log-text.ts';
import { described, jobId, notFound, refusals, runId } from './parameters.ts';
import { visibleJob, visibleRun } from './visible.ts';

const logQuery = z.object({
  follow: z.enum(['true', 'false']).default('false').describe('true: server-sent events, until the log is complete'),
  from: z.coerce.number().int().min(0).default(0).describe('With follow: go on after this line'),
});
const logReply = {
  description: 'The log, as it is now or as it grows',
  content: { 'text/plain': { schema: z.string() }, 'text/event-stream': { schema: z.string() } },
};
const textReply = { description: 'The logs as they are now', content: { 'text/plain': { schema: z.string() } } };

export function addLogRoutes(app: App, context: HttpContext): void {
  app.get(
    '/api/jobs/:id/logs',
    {
      schema: {
        ...described,
        summary: "A job's log",
        params: jobId,
        querystring: logQuery,
        response: { 200: logReply, ...refusals, ...notFound },
      },
    },
    async (request, reply) => {
      const job = await visibleJob(context, request, request.params.id);
      if (!job) return reply.code(404).send({ error: `there is no job ${request.params.id}` });
      const { follow, from } = request.query;
      if (follow === 'true') return sendLogEvents(context, job, { request, reply, from });
      return sendChunks(reply, plainText, logText(context.db, job.id));
    },
  );

  app.get(
    '/api/runs/:id/logs',
    {
      schema: {
        ...described,
        summary: "The logs of a run's jobs one after another, each line led by its project",
        params: runId,
        response: { 200: textReply, ...refusals, ...notFound },
      },
    },
    async (request, reply) => {
      const run = await visibleRun(context, request, request.params.id);
      if (!run) return reply.code(404).send({ error: `there is no run ${request.params.id}` });
      return sendChunks(reply, plainText, runLogText(context.db, run.jobs));
    },
  );
}
