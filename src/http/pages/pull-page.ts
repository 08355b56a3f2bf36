import { z } from 'zod';
import type { CommitStatus } from '../../vcs/index.ts';
import { type LocalComment, type LocalPullDetails, listLocalComments, readLocalPull } from '../../vcs/local/index.ts';
import type { App } from '../app.ts';
import type { HttpContext } from '../deps.ts';
import { htmlPage, pageReply, plainText, textReply } from '../replies.ts';
import { type Html, html } from './html.ts';
import { page, shownTime, table } from './layout.ts';

/** `/pulls/<number>?repo=`: a pull request of a local repository, with its statuses and comments. */
export function addPullPage(app: App, context: HttpContext): void {
  const schema = {
    tags: ['pages'],
    summary: 'A pull request of a local repository',
    params: z.object({ number: z.string() }),
    querystring: z.object({ repo: z.string().describe('Full name of the repository') }),
    response: { 200: pageReply('The page'), 404: textReply('There is no such pull request') },
  };
  app.get('/pulls/:number', { schema, config: { requiredQuery: 'repo' } }, async (request, reply) => {
    const { number } = request.params;
    const ref = { fullName: request.query.repo, number: /^[1-9]\d{0,8}$/.test(number) ? Number(number) : 0 };
    const details = context.localPulls && (await readLocalPull(context.localPulls, ref));
    const comments = details && (await listLocalComments(context.db, ref, {}));
    const { baseUrl } = context.settings;
    if (details && comments) return reply.type(htmlPage).send(pullPage(details, comments, baseUrl));
    const text = `No pull request ${number} of ${request.query.repo} found\n`;
    return reply.code(404).type(plainText).send(text);
  });
}

function pullPage(details: LocalPullDetails, comments: readonly LocalComment[], baseUrl: string): string {
  const { pull, headSha, approvedBy, mergeProblem, statuses } = details;
  const { fullName, number, title, headBranch, baseBranch, state, draft, closedBy } = pull;
  const shown = comments.filter(({ hidden }) => !hidden);
  const body = html`
<dl>
<dt>Repository</dt><dd>local/${fullName}</dd>
<dt>Branches</dt><dd>${headBranch} into ${baseBranch}</dd>
<dt>Commit</dt><dd>${headSha}</dd>
<dt>Opened</dt><dd>by ${pull.author}, ${shownTime(pull.createdAt)}</dd>
<dt>State</dt><dd>${draft && state === 'open' ? 'draft' : state}${closedBy === null ? '' : ` by ${closedBy}`}</dd>
<dt>Approved</dt><dd>${approvedBy.length === 0 ? 'no' : `by ${approvedBy.join(', ')}`}</dd>
${state === 'open' ? html`<dt>Mergeable</dt><dd>${mergeProblem === null ? 'yes' : `no: ${mergeProblem}`}</dd>` : html``}
</dl>
<h2>Statuses</h2>
${table(['Status', 'State', 'What it says'], statuses.map(statusRow), 'There are none.')}
<h2>Comments</h2>
${shown.length === 0 ? html`<p>There are none.</p>` : shown.map((comment) => commentBlock(comment, baseUrl))}`;
  return page({ title: `${title} (#${number})`, root: '..', body });
}

function statusRow({ context, state, description, targetUrl }: CommitStatus): Html {
  const name = targetUrl === null ? html`${context}` : html`<a href="${targetUrl}">${context}</a>`;
  return html`<tr><td>${name}</td><td>${state}</td><td>${description}</td></tr>`;
}

function commentBlock({ id, author, body, createdAt }: LocalComment, baseUrl: string): Html {
  const text = withLinks(body, baseUrl);
  return html`<section id="comment-${id}"><p>${author}, ${shownTime(createdAt)}</p><pre>${text}</pre></section>`;
}

/** Text whose addresses on this server lead there; those of other sites stay text, since anybody can write a comment. */
function withLinks(text: string, baseUrl: string): Html[] {
  return text.split(baseUrl).map((part, index) => {
    if (index === 0) return html`${part}`;
    const path = /^\/[^\s()<>"'`]*/.exec(part)?.[0] ?? '';
    const address = html`${baseUrl + path}`;
    const shown = path === '' ? address : html`<a href="${baseUrl + path}">${address}</a>`;
    return html`${shown}${part.slice(path.length)}`;
  });
}
