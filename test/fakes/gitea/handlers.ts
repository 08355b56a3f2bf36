import type { RouteRequest } from '../described-api.ts';
import { deleteInGit, fileInGit } from '../git-repository.ts';
import { mergePull } from '../github/git-pulls.ts';
import type { FakeReply } from '../host-server.ts';
import type { Render } from './render.ts';
import { type FakePull, type FakeRepo, type FakeState, findComment, isDraft } from './state.ts';

type Context = { readonly state: FakeState; readonly render: Render };
type Handler = (context: Context, request: RouteRequest) => FakeReply;
type PullHandler = (context: Context, of: { repo: FakeRepo; pull: FakePull }, request: RouteRequest) => FakeReply;

function refusal(status: number, message: string): FakeReply {
  return { status, body: { message, url: 'https://git.example.com/api/swagger' } };
}

const then = '2026-01-02T03:04:05Z';

const notFound = refusal(404, "The target couldn't be found.");

function withRepo(handle: (context: Context, repo: FakeRepo, request: RouteRequest) => FakeReply): Handler {
  return (context, request) => {
    const name = `${request.parameters.owner}/${request.parameters.repo}`.toLowerCase();
    const repo = [...context.state.repos.values()].find(({ fullName }) => fullName.toLowerCase() === name);
    return repo ? handle(context, repo, request) : notFound;
  };
}

function withPull(handle: PullHandler): Handler {
  return withRepo((context, repo, request) => {
    const pull = repo.pulls.get(Number(request.parameters.index));
    return pull ? handle(context, { repo, pull }, request) : notFound;
  });
}

/** The handlers by route; those that Gitea cuts into pages are cut by the server. */
export const handlers: Readonly<Record<string, Handler>> = {
  'GET /version': () => ({ status: 200, body: { version: '1.23.0' } }),
  'GET /user': ({ state, render }) =>
    state.mayReadUser
      ? { status: 200, body: render.user(state.login) }
      : refusal(403, 'token does not have at least one of required scope(s): [read:user]'),
  'GET /repos/{owner}/{repo}/hooks': withRepo((_, repo) =>
    repo.hooks === null
      ? refusal(403, 'user should be an owner or a collaborator with admin write of a repository')
      : {
          status: 200,
          body: repo.hooks.map(({ url, events, active }, position) => ({
            ...{ id: position + 1, type: 'gitea', active, events, branch_filter: '*', authorization_header: '' },
            ...{ config: { url, content_type: 'json' }, updated_at: then, created_at: then },
          })),
        },
  ),
  'GET /repos/{owner}/{repo}': withRepo(({ render }, repo) => ({ status: 200, body: render.repo(repo) })),
  'GET /repos/{owner}/{repo}/contents/{filepath}': withRepo((_, repo, { parameters, query }) => {
    const path = parameters.filepath ?? '';
    const text = repo.files.get(path) ?? fileInGit(repo.gitDir, query.get('ref') ?? 'main', path);
    if (text === undefined) return notFound;
    const content = Buffer.from(text).toString('base64');
    const size = Buffer.byteLength(text);
    return {
      status: 200,
      body: { name: path.split('/').at(-1), path, type: 'file', encoding: 'base64', content, size, target: null },
    };
  }),
  'DELETE /repos/{owner}/{repo}/branches/{branch}': withRepo((_, repo, { parameters }) => {
    const branch = parameters.branch ?? '';
    if (branch === 'main') return refusal(403, 'can not delete default branch');
    return deleteBranch(repo, branch) ? { status: 204 } : notFound;
  }),
  'GET /repos/{owner}/{repo}/issues/{index}/comments': withPull(({ render }, { repo, pull }) => ({
    status: 200,
    body: pull.comments.map((comment) => render.comment({ repo, pull, comment })),
  })),
  'POST /repos/{owner}/{repo}/issues/{index}/comments': withPull(({ state, render }, { repo, pull }, { body }) => {
    if (!body.body) return refusal(422, '[Body]: Required');
    const comment = { id: state.nextId++, author: state.login, body: body.body, reactions: [] };
    pull.comments.push(comment);
    return { status: 201, body: render.comment({ repo, pull, comment }) };
  }),
  'PATCH /repos/{owner}/{repo}/issues/comments/{id}': withRepo(({ render }, repo, { parameters, body }) => {
    const comment = findComment(repo, Number(parameters.id));
    const pull = [...repo.pulls.values()].find(({ comments }) => comments.some((one) => one === comment));
    if (!comment || !pull) return notFound;
    comment.body = body.body ?? '';
    return { status: 200, body: render.comment({ repo, pull, comment }) };
  }),
  'POST /repos/{owner}/{repo}/issues/comments/{id}/reactions': withRepo(({ state, render }, repo, request) => {
    const comment = findComment(repo, Number(request.parameters.id));
    const content = request.body.content ?? '';
    if (!comment) return notFound;
    if (!reactions.includes(content)) return refusal(403, `'${content}' is not an allowed reaction`);
    const isNew = !comment.reactions.includes(content);
    if (isNew) comment.reactions.push(content);
    return { status: isNew ? 201 : 200, body: { user: render.user(state.login), content } };
  }),
  'GET /repos/{owner}/{repo}/pulls/{index}': withPull(({ render }, { repo, pull }) => {
    const body = render.pull(repo, pull);
    pull.checksLeft = Math.max(0, pull.checksLeft - 1);
    return { status: 200, body };
  }),
  'GET /repos/{owner}/{repo}/pulls/{index}/files': withPull((_, { pull }) => ({
    status: 200,
    body: pull.files.map((file) => ({
      ...file,
      status: words[file.status] ?? file.status,
      additions: 1,
      deletions: 0,
      changes: 1,
      html_url: '',
      raw_url: '',
    })),
  })),
  'GET /repos/{owner}/{repo}/pulls/{index}/reviews': withPull(({ render }, { pull }) => ({
    status: 200,
    body: pull.reviews.map((review) => render.review(review)),
  })),
  'POST /repos/{owner}/{repo}/pulls/{index}/reviews/{id}/dismissals': withPull(({ render }, { pull }, request) => {
    const review = pull.reviews.find(({ id }) => id === Number(request.parameters.id));
    if (!review) return notFound;
    if (!['APPROVED', 'REQUEST_CHANGES'].includes(review.state)) {
      return refusal(403, "not need to dismiss this review because it's type is not Approve or change request");
    }
    review.dismissed = true;
    return { status: 200, body: render.review(review) };
  }),
  'POST /repos/{owner}/{repo}/pulls/{index}/merge': withPull((_, { repo, pull }, { body }) => {
    const refused = whyNotMerged(repo, pull, body);
    if (refused) return refused;
    if (repo.gitDir !== null) mergePull(repo.gitDir, pull);
    Object.assign(pull, { state: 'closed', merged: true });
    return { status: 200 };
  }),
  'POST /repos/{owner}/{repo}/statuses/{sha}': withRepo(({ state, render }, repo, { parameters, body }) => {
    const { context = '', description = '' } = body;
    if (!['pending', 'success', 'error', 'failure', 'warning'].includes(body.state ?? '')) {
      return refusal(422, '[State]: Required');
    }
    const status = { context, description, targetUrl: body.target_url ?? null };
    repo.statuses.push({ ...status, sha: parameters.sha ?? '', state: body.state ?? '' });
    return {
      status: 201,
      body: {
        id: state.nextId++,
        status: body.state,
        target_url: body.target_url ?? '',
        description,
        context,
        creator: render.user(state.login),
      },
    };
  }),
};

/** Gitea's, for GitHub's. */
const words: Readonly<Record<string, string>> = { modified: 'changed', removed: 'deleted' };

/** Those of a server that is set up as it comes. */
const reactions = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'];

/** In Gitea's order of looking. */
function whyNotMerged(repo: FakeRepo, pull: FakePull, body: RouteRequest['body']): FakeReply | undefined {
  if (pull.merged) return refusal(405, '');
  if (pull.state === 'closed') return notFound;
  if (isDraft(pull)) return refusal(405, 'Work in progress PRs cannot be merged');
  if (pull.hasConflict || pull.checksLeft > 0) {
    pull.checksLeft = Math.max(0, pull.checksLeft - 1);
    return refusal(405, 'Please try again later');
  }
  if (pull.blocked !== null) return refusal(405, `not allowed to merge [reason: ${pull.blocked}]`);
  const style = body.Do as keyof FakeRepo['allowed'];
  if (!repo.allowed[style]) return refusal(405, `${style} is not allowed an allowed merge style for this repository`);
  return body.head_commit_id === pull.headSha ? undefined : refusal(409, 'head out of date');
}

function deleteBranch({ gitDir, branches }: FakeRepo, branch: string): boolean {
  return gitDir === null ? branches.delete(branch) : deleteInGit(gitDir, branch);
}
