import type { RouteRequest } from '../described-api.ts';
import { fileInGit } from '../git-repository.ts';
import type { FakeReply } from '../host-server.ts';
import { mergePull } from './git-pulls.ts';
import type { Context, Handler } from './handler.ts';
import { setUpHandlers } from './set-up-handlers.ts';
import type { FakePull, FakeRepo } from './state.ts';

const notFound: FakeReply = { status: 404, body: { message: 'Not Found' } };

function withRepo(handle: (context: Context, repo: FakeRepo, request: RouteRequest) => FakeReply): Handler {
  return (context, request) => {
    const name = `${request.parameters.owner}/${request.parameters.repo}`.toLowerCase();
    const repo = [...context.state.repos.values()].find(({ fullName }) => fullName.toLowerCase() === name);
    return repo ? handle(context, repo, request) : notFound;
  };
}

type PullHandler = (context: Context, of: { repo: FakeRepo; pull: FakePull }, request: RouteRequest) => FakeReply;

function withPull(handle: PullHandler): Handler {
  return withRepo((context, repo, request) => {
    const pull = repo.pulls.get(Number(request.parameters.pull_number ?? request.parameters.issue_number));
    return pull ? handle(context, { repo, pull }, request) : notFound;
  });
}

/** The handlers by route; what is a list is cut into pages by the server. */
export const handlers: Readonly<Record<string, Handler>> = {
  ...setUpHandlers,
  'GET /repos/{owner}/{repo}': withRepo(({ render }, repo) => ({ status: 200, body: render.repo(repo) })),
  'GET /repos/{owner}/{repo}/contents/{path}': withRepo(({ description }, repo, { parameters, query }) => {
    const path = parameters.path ?? '';
    const text = repo.files.get(path) ?? fileInGit(repo.gitDir, query.get('ref') ?? 'HEAD', path);
    if (text === undefined) return notFound;
    const example = description.example('GET /repos/{owner}/{repo}/contents/{path}', 200);
    return { status: 200, body: { ...example, path, content: Buffer.from(text).toString('base64') } };
  }),
  'DELETE /repos/{owner}/{repo}/git/refs/{ref}': withRepo((_, repo, { parameters }) => {
    const branch = (parameters.ref ?? '').replace(/^heads\//, '');
    if (repo.deletedBranches.includes(branch)) return { status: 422, body: { message: 'Reference does not exist' } };
    repo.deletedBranches.push(branch);
    return { status: 204 };
  }),
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': withPull(({ render }, { pull }) => ({
    status: 200,
    body: pull.comments.map((comment) => render.comment(comment)),
  })),
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': withPull(({ state, render }, { pull }, { body }) => {
    const text = body.body ?? '';
    if (text.length > 65_536)
      return { status: 422, body: { message: 'Body is too long (maximum is 65536 characters)' } };
    const comment = { id: state.nextId++, author: state.login, body: text, minimised: false, reactions: [] };
    pull.comments.push(comment);
    return { status: 201, body: render.comment(comment) };
  }),
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}': withRepo(({ render }, repo, { parameters, body }) => {
    const comment = findComment(repo, Number(parameters.comment_id));
    if (!comment) return notFound;
    comment.body = body.body ?? '';
    return { status: 200, body: render.comment(comment) };
  }),
  'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions': withRepo(
    ({ description }, repo, { parameters, body }) => {
      const comment = findComment(repo, Number(parameters.comment_id));
      if (!comment) return notFound;
      const content = body.content ?? '';
      const isNew = !comment.reactions.includes(content);
      if (isNew) comment.reactions.push(content);
      const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';
      return { status: isNew ? 201 : 200, body: { ...description.example(route, 201), content } };
    },
  ),
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': withPull(({ render }, { repo, pull }) => ({
    status: 200,
    body: render.pull(repo, pull),
  })),
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/files': withPull(({ description }, { pull }) => {
    const { previous_filename: _, ...example } = description.example(
      'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
      200,
    );
    return { status: 200, body: pull.files.slice(0, 3000).map((file) => ({ ...example, ...file })) };
  }),
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews': withPull(({ render }, { pull }) => ({
    status: 200,
    body: pull.reviews.map((review) => render.review(review)),
  })),
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals': withPull(
    ({ render }, { pull }, { parameters }) => {
      const review = pull.reviews.find(({ id }) => id === Number(parameters.review_id));
      if (!review) return notFound;
      review.state = 'DISMISSED';
      return { status: 200, body: render.review(review) };
    },
  ),
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge': withPull((_, { repo, pull }, { body }) => {
    if (body.sha !== undefined && body.sha !== pull.headSha) {
      return { status: 409, body: { message: 'Head branch was modified. Review and try the merge again.' } };
    }
    const method = (body.merge_method ?? 'merge') as keyof FakeRepo['allowed'];
    const isMergeable = pull.state === 'open' && pull.mergeableState !== 'dirty' && pull.mergeableState !== 'blocked';
    if (!isMergeable || !repo.allowed[method])
      return { status: 405, body: { message: 'Pull Request is not mergeable' } };
    const sha = repo.gitDir === null ? pull.headSha : mergePull(repo.gitDir, pull);
    Object.assign(pull, { state: 'closed', merged: true });
    return { status: 200, body: { sha, merged: true, message: 'Pull Request successfully merged' } };
  }),
  'POST /repos/{owner}/{repo}/statuses/{sha}': withRepo(({ description }, repo, { parameters, body }) => {
    const text = body.description ?? '';
    if (text.length > 140) return { status: 422, body: { message: 'description is too long' } };
    repo.statuses.push({
      sha: parameters.sha ?? '',
      context: body.context ?? '',
      state: body.state ?? '',
      description: text,
      targetUrl: body.target_url ?? null,
    });
    return { status: 201, body: { ...description.example('POST /repos/{owner}/{repo}/statuses/{sha}', 201), ...body } };
  }),
};

export function findComment(repo: FakeRepo, id: number) {
  return [...repo.pulls.values()].flatMap(({ comments }) => comments).find((comment) => comment.id === id);
}
