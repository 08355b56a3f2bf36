import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type CommentCommandKind, parseComment } from '../../commands/index.ts';
import { listOpenCommands } from '../../pulls/index.ts';
import type { Repo } from '../../repos/index.ts';
import { mergeMethods } from '../../vcs/index.ts';
import { commentOnLocalPull, listLocalComments, localLogin } from '../../vcs/local/index.ts';
import type { App } from '../app.ts';
import { type ApiAbility, callerOf, refusalFor } from '../auth.ts';
import type { HttpContext } from '../deps.ts';
import { isRefused, namePull, type Refused, refused, repoFor } from './name-pull.ts';
import {
  commentBody,
  commentsQuery,
  described,
  notFound,
  pullNumber,
  pullQuery,
  refusals,
  tooLarge,
} from './parameters.ts';
import { pullDeps } from './pull-routes.ts';
import { readBody } from './read-body.ts';
import { commentView, toCommentView } from './views.ts';

export function addCommentRoutes(app: App, context: HttpContext): void {
  addList(app, context);
  addComment(app, context);
}

function addList(app: App, context: HttpContext): void {
  app.get(
    '/api/pulls/:number/comments',
    {
      schema: {
        ...described,
        summary: 'The comments of a pull request, oldest first',
        params: pullNumber,
        querystring: commentsQuery,
        response: {
          200: z.object({ comments: z.array(commentView), next_after: z.number().int().nullable() }),
          ...refusals,
          ...notFound,
        },
      },
    },
    async (request, reply) => {
      const { number } = request.params;
      const { repo, after, limit } = request.query;
      const named = await namePull(context, request, { number, repo });
      if (isRefused(named)) {
        reply.code(named.status === 400 ? 400 : 404);
        return { error: named.error };
      }
      const ref = { fullName: named.repo.fullName, number };
      const comments = (await listLocalComments(context.db, ref, { after, limit: limit + 1 })) ?? [];
      const shown = comments.slice(0, limit);
      return {
        comments: shown.map(toCommentView),
        next_after: comments.length > limit ? (shown.at(-1)?.id ?? null) : null,
      };
    },
  );
}

function addComment(app: App, context: HttpContext): void {
  app.post(
    '/api/pulls/:number/comments',
    {
      schema: {
        ...described,
        summary: 'Comment on a pull request; a comment may be a command',
        params: pullNumber,
        querystring: pullQuery,
        body: commentBody,
        response: { 201: commentView, ...refusals, ...notFound, ...tooLarge },
      },
    },
    async (request, reply) => {
      const written = await comment(context, request, { ...request.params, ...request.query });
      reply.code(isRefused(written) ? written.status : 201);
      return isRefused(written) ? { error: written.error } : written;
    },
  );
}

async function comment(
  context: HttpContext,
  request: FastifyRequest,
  asked: { readonly number: number; readonly repo?: string | undefined },
): Promise<z.infer<typeof commentView> | Refused> {
  const read = readBody(commentBody, request);
  if (!read.ok) return refused(400, read.error);
  const { body, repo: bodyRepo } = read.value;
  const named = await namePull(context, request, { ...asked, repo: asked.repo, bodyRepo });
  if (isRefused(named)) return named;
  const { fullName } = named.repo;
  const repo = await repoFor(context, request, { fullName, ability: 'pulls:write' });
  if (isRefused(repo)) return repo;
  const caller = callerOf(request);
  const refusal = refusalFor(caller, await abilityOf(context, { body, repo, number: asked.number }), repo);
  if (refusal !== undefined) return refused(403, refusal);
  const ref = { fullName, number: asked.number };
  const written = await commentOnLocalPull(pullDeps(context), ref, { author: caller.actor.login, body });
  return written.kind === 'refused' ? refused(404, written.message) : toCommentView(written.comment);
}

/** What a command needs, so that a comment opens no door that the API keeps closed. */
const abilities: Readonly<Record<CommentCommandKind, ApiAbility>> = {
  plan: 'runs:plan',
  version: 'runs:plan',
  cancel: 'runs:plan',
  approve_policies: 'runs:plan',
  apply: 'runs:apply',
  import: 'runs:apply',
  state_rm: 'runs:apply',
  unlock: 'locks:write',
};

/** Whatever is refused or not configured besides is for the answer to the comment. */
async function abilityOf(
  { db, settings }: HttpContext,
  { body, repo, number }: { readonly body: string; readonly repo: Repo; readonly number: number },
): Promise<ApiAbility> {
  const parsed = parseComment(body, {
    executableName: settings.executableName,
    botLogin: localLogin,
    allowCommands: ['plan', 'version', 'cancel', 'approve_policies', 'apply', 'import', 'state', 'unlock'],
    blockedExtraArgs: [],
    // What is no expression may still be the name of a project.
    enableRegexpCmd: false,
    hostType: 'Local',
    mergeMethods,
  });
  if (parsed.kind !== 'command') return 'pulls:write';
  if (parsed.command.kind !== 'cancel') return abilities[parsed.command.kind];
  // It stops whatever there is: who may not begin an apply may not stop one either, as over the API.
  const stopped = await listOpenCommands(db, repo, number);
  return stopped.some(({ kind }) => abilities[kind as CommentCommandKind] === 'runs:apply')
    ? 'runs:apply'
    : 'runs:plan';
}
