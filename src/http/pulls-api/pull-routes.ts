import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { listOpenCommands } from '../../pulls/index.ts';
import type { Repo } from '../../repos/index.ts';
import { type LocalPullDeps, listLocalPulls, openLocalPull, readLocalPull } from '../../vcs/local/index.ts';
import type { App } from '../app.ts';
import { callerOf } from '../auth.ts';
import type { HttpContext } from '../deps.ts';
import { isRefused, listedName, namePull, type Refused, refused, repoFor, withRepos } from './name-pull.ts';
import {
  conflict,
  described,
  listQuery,
  notFound,
  openBody,
  pullNumber,
  pullQuery,
  refusals,
  tooLarge,
} from './parameters.ts';
import { readBody } from './read-body.ts';
import { pullBody, pullSummaryBody, toPullBody, toPullSummary } from './views.ts';

export function addPullRoutes(app: App, context: HttpContext): void {
  addList(app, context);
  addOpen(app, context);
  addRead(app, context);
}

function addList(app: App, context: HttpContext): void {
  app.get(
    '/api/pulls',
    {
      schema: {
        ...described,
        summary: 'Local pull requests, newest first',
        querystring: listQuery,
        response: {
          200: z.object({ pulls: z.array(pullSummaryBody), next_before: z.number().int().nullable() }),
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { repo, state, limit, before } = request.query;
      const name = await listedName(context, request, repo);
      if (isRefused(name)) {
        reply.code(400);
        return { error: name.error };
      }
      const pulls = await listLocalPulls(context.db, {
        ...name,
        limit: limit + 1,
        ...(state === 'all' ? {} : { state }),
        ...(before === undefined ? {} : { before }),
      });
      const shown = pulls.slice(0, limit);
      return {
        pulls: (await withRepos(context, request, shown)).map((found) => toPullSummary(context, found)),
        next_before: pulls.length > limit ? (shown.at(-1)?.id ?? null) : null,
      };
    },
  );
}

function addOpen(app: App, context: HttpContext): void {
  app.post(
    '/api/pulls',
    {
      schema: {
        ...described,
        summary: 'Open a pull request between two branches of a local repository',
        body: openBody,
        response: { 201: pullBody, ...refusals, ...notFound, ...conflict, ...tooLarge },
      },
    },
    async (request, reply) => {
      const opened = await open(context, request);
      reply.code(isRefused(opened) ? opened.status : 201);
      return isRefused(opened) ? { error: opened.error } : opened;
    },
  );
}

async function open(context: HttpContext, request: FastifyRequest): Promise<z.infer<typeof pullBody> | Refused> {
  const read = readBody(openBody, request);
  if (!read.ok) return refused(400, read.error);
  const { repo: fullName, head, base, title, draft, labels } = read.value;
  const repo = await repoFor(context, request, { fullName, ability: 'pulls:write' });
  if (isRefused(repo)) return repo;
  const opening = await openLocalPull(pullDeps(context), {
    fullName: repo.fullName,
    headBranch: head,
    baseBranch: base ?? null,
    title: title ?? null,
    author: callerOf(request).actor.login,
    draft,
    labels,
  });
  if (opening.kind === 'refused') return refused(opening.reason === 'conflict' ? 409 : 400, opening.message);
  return showPull(context, repo, opening.pull.number);
}

function addRead(app: App, context: HttpContext): void {
  app.get(
    '/api/pulls/:number',
    {
      schema: {
        ...described,
        summary: 'A pull request as it is now, with its approvals and statuses',
        params: pullNumber,
        querystring: pullQuery,
        response: { 200: pullBody, ...refusals, ...notFound },
      },
    },
    async (request, reply) => {
      const { number } = request.params;
      const named = await namePull(context, request, { number, repo: request.query.repo });
      if (isRefused(named)) {
        reply.code(named.status === 400 ? 400 : 404);
        return { error: named.error };
      }
      return showPull(context, named.repo, number);
    },
  );
}

/** One that is known to be there. */
export async function showPull(context: HttpContext, repo: Repo, number: number): Promise<z.infer<typeof pullBody>> {
  // First: when no command is left, the statuses that are read after it are final.
  const commands = await listOpenCommands(context.db, repo, number);
  const details = await readLocalPull(pullDeps(context), { fullName: repo.fullName, number });
  if (!details) throw new Error(`pull request ${number} of ${repo.fullName} is gone`);
  return toPullBody(context, repo, { ...details, commands });
}

/** The routes are closed without them. */
export function pullDeps({ localPulls }: HttpContext): LocalPullDeps {
  if (!localPulls) throw new Error('there are no local repositories');
  return localPulls;
}
