import type { Db } from '../../db/index.ts';
import { escapeQuery } from '../../lib/escape-query.ts';
import { getApplyLock, type Lock, listLocks, lockNameOnHost } from '../../locks/index.ts';
import { getRepo } from '../../repos/index.ts';
import { firstJobs, listRuns, type Run } from '../../runs/index.ts';
import type { App } from '../app.ts';
import type { HttpContext } from '../deps.ts';
import { htmlPage, pageReply } from '../replies.ts';
import { projectLabel } from '../runs-api/index.ts';
import { mayApply } from './apply-lock.ts';
import { type Html, html } from './html.ts';
import { page, pullLink, shownTime, table } from './layout.ts';

const shownLocks = 500;
const shownRuns = 20;
/** Of a run: with a thousand each the page would take a second to make, in which nothing else is answered. */
const shownJobs = 25;

/** `/`: what is locked, what has been run, and the global apply lock. */
export function addIndexPage(app: App, context: HttpContext): void {
  const schema = {
    tags: ['pages'],
    summary: 'Locks, recent runs, apply lock',
    response: { 200: pageReply('The page') },
  };
  app.get('/', { schema }, async (_request, reply) => {
    const locks = (await listLocks(context.db)).reverse();
    const runs = await listRuns(context.db, { limit: shownRuns });
    const rows = await Promise.all(runs.map((run) => runRow(context.db, run)));
    const body = html`
${await applyLockPanel(context)}
<h2>Locks</h2>
${table(['Repository', 'Folder', 'Workspace', 'Project', 'Held by', 'Since'], locks.slice(0, shownLocks).map(lockRow), 'No locks are held.')}
${locks.length > shownLocks ? html`<p>${locks.length - shownLocks} older locks are not shown; <a href="./api/locks">the API</a> has all of them.</p>` : html``}
<h2>Recent runs</h2>
${table(['Run', 'Repository', 'Ref', 'Command', 'State', 'Accepted', 'Logs'], rows, 'Nothing has been run yet.')}`;
    return reply.type(htmlPage).send(page({ title: 'Locks and runs', root: '.', body }));
  });
}

async function applyLockPanel(context: HttpContext): Promise<Html> {
  if (context.settings.disableGlobalApplyLock || !mayApply(context)) return html``;
  const lock = await getApplyLock(context.db);
  const sentence = lock
    ? `Applying is locked for all repositories since ${shownTime(lock.heldSince)} (${lock.heldBy}).`
    : 'Applying is not locked.';
  return html`<h2>Applying</h2>
<p>${sentence}</p>
<form method="post" action="./apply/form">
<button name="action" value="${lock ? 'release' : 'hold'}">${lock ? 'Release the apply lock' : 'Lock applying'}</button>
</form>`;
}

function lockRow(lock: Lock): Html {
  const link = `./lock?id=${escapeQuery(escapeQuery(lockNameOnHost(lock)))}`;
  return html`<tr>
<td><a href="${link}">${lock.repoFullName}</a></td><td>${lock.dir}</td><td>${lock.workspace}</td>
<td>${lock.projectName}</td><td>${heldBy(lock)}</td><td>${shownTime(lock.createdAt)}</td>
</tr>
`;
}

/** Who has a lock, for people. */
export function heldBy({ holder, actor }: Lock): Html {
  switch (holder.kind) {
    case 'manual':
      return html`${actor.login}, by hand`;
    case 'run':
      return html`run ${holder.runId} of ${actor.login}`;
    case 'pull':
      return html`${pullLink(holder.pullNumber, holder.pullUrl)}, ${actor.login}`;
  }
}

async function runRow(db: Db, run: Run): Promise<Html> {
  const repo = await getRepo(db, run.repoId);
  const { jobs, count } = await firstJobs(db, run.id, shownJobs);
  const logs = jobs.map((job) => html`<a href="./jobs/${job.uuid}">${projectLabel(job)}</a> `);
  const page = `./runs/${run.id}`;
  if (count > jobs.length) logs.push(html`<a href="${page}">and ${count - jobs.length} more</a>`);
  return html`<tr>
<td><a href="${page}">${run.id}</a></td><td>${repo?.fullName ?? ''}</td><td>${run.ref}</td><td>${run.kind}</td><td>${run.state}</td>
<td>${shownTime(run.createdAt)}</td><td>${logs}</td>
</tr>
`;
}
