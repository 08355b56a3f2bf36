import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readLog } from '../../job-logs/index.ts';
import { getJob, getRun, type Job, type JobOutcome, type RunWithJobs } from '../../runs/index.ts';
import type { App } from '../app.ts';
import type { HttpContext } from '../deps.ts';
import { htmlPage, pageReply, plainText, sendChunks, textReply } from '../replies.ts';
import { logText, projectLabel, sendLogEvents } from '../runs-api/index.ts';
import { html } from './html.ts';
import { page, pullLink, shownTime } from './layout.ts';

const tags = ['pages'];
const params = z.object({ uuid: z.string() });
const unknown = { 404: textReply('There is no such job') };

/** `/jobs/<uuid>`: a job and its log, which a small script continues while the job works. */
export function addJobPage(app: App, context: HttpContext): void {
  const pageSchema = {
    tags,
    summary: 'A job and its log',
    params,
    response: { 200: pageReply('The page'), ...unknown },
  };
  app.get('/jobs/:uuid', { schema: pageSchema }, async (request, reply) => {
    const job = await findJob(context, request);
    const run = job && (await getRun(context.db, job.runId));
    return run ? reply.type(htmlPage).send(await jobPage(context, run, job)) : noJob(request, reply);
  });

  const logSchema = {
    tags,
    summary: "A job's log",
    params,
    response: { 200: textReply('The log as it is'), ...unknown },
  };
  app.get('/jobs/:uuid/log', { schema: logSchema }, async (request, reply) => {
    const job = await findJob(context, request);
    if (!job) return noJob(request, reply);
    return sendChunks(reply, plainText, logText(context.db, job.id));
  });

  const eventsSchema = {
    tags,
    summary: "A job's log as server-sent events",
    params,
    querystring: z.object({ from: z.coerce.number().int().min(0).default(0) }),
    response: {
      200: { description: 'Events', content: { 'text/event-stream': { schema: z.string() } } },
      400: textReply('A parameter is not valid'),
      ...unknown,
    },
  };
  app.get('/jobs/:uuid/events', { schema: eventsSchema }, async (request, reply) => {
    const job = await findJob(context, request);
    if (!job) return noJob(request, reply);
    return sendLogEvents(context, job, { request, reply, from: request.query.from });
  });
}

async function findJob(context: HttpContext, request: FastifyRequest): Promise<Job | undefined> {
  const { uuid } = request.params as z.infer<typeof params>;
  return z.uuid().safeParse(uuid).success ? getJob(context.db, uuid) : undefined;
}

function noJob(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { uuid } = request.params as z.infer<typeof params>;
  return reply.code(404).type(plainText).send(`No job found at id '${uuid}'\n`);
}

async function jobPage(context: HttpContext, run: RunWithJobs, job: Job): Promise<string> {
  const log = await readLog(context.db, job.id, 0);
  const lines = log.pieces.flatMap((piece) => piece.lines).map((line) => `${line}\n`);
  const ended = job.outcome && outcomeText(job.outcome);
  const body = html`
<dl>
<dt>Run</dt><dd><a href="../runs/${run.id}">${run.id}</a>: ${run.kind} by ${run.actor.login}</dd>
<dt>Repository</dt><dd>${run.repo.fullName} at ${run.ref} (${run.commitSha.slice(0, 12)})</dd>
${run.pull ? html`<dt>Pull request</dt><dd>${pullLink(run.pull.number, run.pull.url)}</dd>` : html``}
<dt>State</dt><dd id="state">${job.state}</dd>
${ended === null || ended === '' ? html`` : html`<dt>Outcome</dt><dd>${ended}</dd>`}
<dt>Accepted</dt><dd>${shownTime(job.createdAt)}</dd>
${job.endedAt === null ? html`` : html`<dt>Ended</dt><dd>${shownTime(job.endedAt)}</dd>`}
</dl>
<p><a href="./${job.uuid}/log">The log as plain text</a></p>
${log.complete ? html`` : html`<noscript><p>Without scripts this page shows the log so far, or its beginning: load it again, or read the plain text.</p></noscript>`}
<pre id="log" data-events="./${job.uuid}/events?from=${log.nextLine}">${lines.join('')}</pre>`;
  const scripts = log.complete ? html`` : html`<script src="../static/follow-log.js" defer></script>`;
  return page({ title: `${run.kind} of ${projectLabel(job)}`, root: '..', body, scripts });
}

function outcomeText(outcome: JobOutcome): string {
  switch (outcome.kind) {
    case 'planned':
    case 'applied':
      return outcome.summary
        ? `${outcome.summary.add} added, ${outcome.summary.change} changed, ${outcome.summary.destroy} destroyed`
        : '';
    case 'unchanged':
      return 'no changes';
    case 'done':
      return outcome.planDiscarded ? 'done; the plan of this project was discarded' : 'done';
    case 'refused':
      return outcome.refusal.message;
    case 'failed':
    case 'interrupted':
      return outcome.message;
    case 'cancelled':
      return `cancelled by ${outcome.by}`;
  }
}
