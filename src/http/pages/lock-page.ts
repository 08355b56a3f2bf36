import { z } from 'zod';
import { findLocks, type Lock, lockName, lockNameOnHost } from '../../locks/index.ts';
import { getRun, type Job } from '../../runs/index.ts';
import type { App } from '../app.ts';
import type { HttpContext } from '../deps.ts';
import { ambiguousText, removeLock } from '../lock-removal.ts';
import { refuseForeignOrigin } from '../origin.ts';
import { htmlPage, pageReply, sendText, textReply } from '../replies.ts';
import { unescapeUrl } from '../unescape-url.ts';
import { pageUser } from './apply-lock.ts';
import { type Html, html } from './html.ts';
import { heldBy } from './index-page.ts';
import { page, shownTime } from './layout.ts';

const tags = ['pages'];
const querystring = z.object({ id: z.string().describe('The name of the lock, escaped up to twice') });
const reason = 'released on its page';

/** `/lock?id=`: what a lock is or was; and its release, by Atlantis' `DELETE /locks?id=` and by the page's button. */
export function addLockPage(app: App, context: HttpContext): void {
  addPage(app, context);
  addDelete(app, context);
  addForm(app, context);
}

function addPage(app: App, context: HttpContext): void {
  const response = {
    200: pageReply('The lock, held or released'),
    400: textReply('The id cannot be decoded'),
    404: textReply('There never was such a lock, or several hosts have one of that name'),
    500: textReply('The id is not a name of a lock'),
  };
  const schema = { tags, summary: 'A project lock', querystring, response };
  app.get('/lock', { schema, config: { requiredQuery: 'id' } }, async (request, reply) => {
    const id = unescapeUrl(request.query.id, ' ');
    if (!id.ok) return sendText(reply, 400, `Invalid lock id: ${id.error}`);
    const found = await findLocks(context.db, id.text);
    if (found === 'malformed') return sendText(reply, 500, 'Failed getting lock: invalid key format');
    const [lock, ...others] = found;
    if (!lock) return sendText(reply, 404, `No lock found at id '${id.text}'`);
    if (others.length > 0) return sendText(reply, 404, ambiguousText(found));
    return reply.type(htmlPage).send(await lockPage(context, lock));
  });
}

function addDelete(app: App, context: HttpContext): void {
  const response = {
    200: textReply('Released'),
    400: textReply('The id is empty or cannot be decoded'),
    403: textReply('The request comes from a page of another site'),
    404: textReply('No such lock is held, or several hosts have one of that name'),
    409: textReply('The run that holds it is going on'),
    500: textReply('The id is not a name of a lock'),
  };
  const schema = { tags, summary: 'Release a project lock', querystring, response };
  const options = { schema, config: { requiredQuery: 'id' }, onRequest: refuseForeignOrigin(context) };
  app.delete('/locks', options, async (request, reply) => {
    const written = request.query.id;
    if (written === '') return sendText(reply, 400, 'No lock id in request');
    const id = unescapeUrl(written, '+');
    if (!id.ok) return sendText(reply, 400, `Invalid lock id '${written}'. Failed with error: '${id.error}'`);
    const removal = await removeLock(context, id.text, { actor: await pageUser(context), reason });
    switch (removal.kind) {
      case 'removed':
        return sendText(reply, 200, `Deleted lock id '${written}'`);
      case 'malformed':
        return sendText(reply, 500, "deleting lock failed with: 'invalid key format'");
      case 'not_held':
        return sendText(reply, 404, `No lock found at id '${id.text}'`);
      case 'ambiguous':
        return sendText(reply, 404, removal.message);
      case 'in_use':
        return sendText(reply, 409, `deleting lock failed with: '${removal.message}'`);
    }
  });
}

function addForm(app: App, context: HttpContext): void {
  const response = {
    303: textReply('Back to the index page'),
    400: textReply('There is no id'),
    403: textReply('The request comes from a page of another site'),
    409: textReply('The run that holds it is going on'),
  };
  const body = z.object({ id: z.string().describe('The name of the lock') });
  const schema = { tags, summary: "Release a project lock with its page's button", body, response };
  app.post('/locks/release', { schema, onRequest: refuseForeignOrigin(context) }, async (request, reply) => {
    const removal = await removeLock(context, request.body.id, { actor: await pageUser(context), reason });
    if (removal.kind === 'in_use') return sendText(reply, 409, `deleting lock failed with: '${removal.message}'`);
    return reply.code(303).header('location', '../').send('');
  });
}

async function lockPage(context: HttpContext, lock: Lock): Promise<string> {
  const name = lockName(lock);
  const job = await jobOf(context, lock);
  const { holder, releasedAt } = lock;
  const body = html`
<dl>
<dt>Repository</dt><dd>${lock.repoHost}/${lock.repoFullName}</dd>
<dt>Folder</dt><dd>${lock.dir}</dd>
<dt>Workspace</dt><dd>${lock.workspace}</dd>
${lock.projectName === '' ? html`` : html`<dt>Project</dt><dd>${lock.projectName}</dd>`}
<dt>${releasedAt === null ? 'Held by' : 'Was held by'}</dt><dd>${heldBy(lock)}</dd>
<dt>Taken</dt><dd>${shownTime(lock.createdAt)}</dd>
${releasedAt === null ? html`` : html`<dt>Released</dt><dd>${shownTime(releasedAt)}: ${lock.releaseReason ?? ''}</dd>`}
${holder.kind === 'manual' ? html`<dt>Note</dt><dd>${holder.note}</dd>` : html``}
${holder.kind === 'manual' ? html`` : html`<dt>Run</dt><dd>${runCell(holder.runId, job)}</dd>`}
</dl>
${releasedAt === null ? releaseForm(lockNameOnHost(lock), holder.kind) : html`<p>This lock is not held any more.</p>`}`;
  return page({ title: `Lock ${name}`, root: '.', body });
}

function runCell(runId: number, job: Job | undefined): Html {
  return job ? html`<a href="./jobs/${job.uuid}">run ${runId}, ${job.state}</a>` : html`run ${runId}`;
}

function releaseForm(name: string, kind: Lock['holder']['kind']): Html {
  const label = kind === 'manual' ? 'Unlock' : 'Discard Plan & Unlock';
  return html`<form method="post" action="./locks/release">
<input type="hidden" name="id" value="${name}">
<button>${label}</button>
</form>`;
}

/** The job that the lock was taken for. */
async function jobOf(context: HttpContext, lock: Lock): Promise<Job | undefined> {
  if (lock.holder.kind === 'manual') return undefined;
  const run = await getRun(context.db, lock.holder.runId);
  return run?.jobs.find(
    ({ project }) =>
      project.dir === lock.dir && project.workspace === lock.workspace && project.name === lock.projectName,
  );
}
