import { z } from 'zod';
import { getRun, type Job } from '../../runs/index.ts';
import type { App } from '../app.ts';
import type { HttpContext } from '../deps.ts';
import { htmlPage, pageReply, plainText, textReply } from '../replies.ts';
import { projectLabel } from '../runs-api/index.ts';
import { type Html, html } from './html.ts';
import { page, pullLink, shownTime, table } from './layout.ts';

/** `/runs/<id>`: a run with all of its jobs, of which the index page shows the first. */
export function addRunPage(app: App, context: HttpContext): void {
  const schema = {
    tags: ['pages'],
    summary: 'A run with its jobs',
    params: z.object({ id: z.string() }),
    response: { 200: pageReply('The page'), 404: textReply('There is no such run') },
  };
  app.get('/runs/:id', { schema }, async (request, reply) => {
    const { id } = request.params;
    const run = /^[1-9]\d{0,8}$/.test(id) ? await getRun(context.db, Number(id)) : undefined;
    if (!run) return reply.code(404).type(plainText).send(`No run found at id '${id}'\n`);
    const body = html`
<dl>
<dt>Repository</dt><dd>${run.repo.fullName} at ${run.ref} (${run.commitSha.slice(0, 12)})</dd>
${run.pull ? html`<dt>Pull request</dt><dd>${pullLink(run.pull.number, run.pull.url)}</dd>` : html``}
<dt>Asked by</dt><dd>${run.actor.login}, ${shownTime(run.createdAt)}</dd>
<dt>State</dt><dd>${run.state}</dd>
</dl>
<h2>Projects</h2>
${table(['Log', 'State'], run.jobs.map(jobRow), 'There are none.')}`;
    return reply.type(htmlPage).send(page({ title: `Run ${run.id}: ${run.kind}`, root: '..', body }));
  });
}

function jobRow(job: Job): Html {
  return html`<tr><td><a href="../jobs/${job.uuid}">${projectLabel(job)}</a></td><td>${job.state}</td></tr>
`;
}
