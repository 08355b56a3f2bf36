import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { PullRef } from '../../vcs/index.ts';
import {
  approveLocalPull,
  closeLocalPull,
  type LocalPullDeps,
  mergeForPerson,
  type PullRefusal,
  readyLocalPull,
  takeBackApproval,
} from '../../vcs/local/index.ts';
import type { App } from '../app.ts';
import { type ApiAbility, callerOf } from '../auth.ts';
import type { HttpContext } from '../deps.ts';
import { isRefused, namePull, repoFor } from './name-pull.ts';
import {
  approveBody,
  conflict,
  described,
  mergeBody,
  notFound,
  plainBody,
  pullNumber,
  pullQuery,
  refusals,
  tooLarge,
} from './parameters.ts';
import { pullDeps, showPull } from './pull-routes.ts';
import { readBody } from './read-body.ts';
import { pullBody } from './views.ts';

type Act<Body> = {
  /** The last part of the path. */
  readonly name: string;
  readonly summary: string;
  readonly ability: ApiAbility;
  readonly body: z.ZodType<Body>;
  /** It can be done, too, when the repository is gone. */
  readonly needsNoRepository?: boolean;
  readonly run: (deps: LocalPullDeps, order: { ref: PullRef; by: string; body: Body }) => Promise<PullRefusal | object>;
};

/** What is done to a pull request, and answered with what it is then. */
export function addActRoutes(app: App, context: HttpContext): void {
  addAct(app, context, {
    name: 'approve',
    summary: 'Approve the commit that the branch is at, or take that back',
    ability: 'pulls:merge',
    body: approveBody,
    run: (deps, { ref, by, body }) =>
      body.take_back ? takeBackApproval(deps, ref, by) : approveLocalPull(deps, ref, { by, sha: body.sha ?? null }),
  });
  addAct(app, context, {
    name: 'ready',
    summary: 'Make a draft ready',
    ability: 'pulls:write',
    body: plainBody,
    run: (deps, { ref, by }) => readyLocalPull(deps, ref, by),
  });
  addAct(app, context, {
    name: 'close',
    summary: 'Close without merging',
    ability: 'pulls:write',
    body: plainBody,
    needsNoRepository: true,
    run: (deps, { ref, by }) => closeLocalPull(deps, ref, by),
  });
  addAct(app, context, {
    name: 'merge',
    summary: 'Merge into the base branch of the repository',
    ability: 'pulls:merge',
    body: mergeBody,
    run: (deps, { ref, by, body: { sha, method, title } }) =>
      mergeForPerson(deps, ref, { by, headSha: sha ?? null, method: method ?? null, title: title ?? null }),
  });
}

function addAct<Body extends { repo?: string | undefined }>(app: App, context: HttpContext, act: Act<Body>): void {
  app.post(
    `/api/pulls/:number/${act.name}`,
    {
      schema: {
        ...described,
        summary: act.summary,
        params: pullNumber,
        querystring: pullQuery,
        body: act.body,
        response: { 200: pullBody, ...refusals, ...notFound, ...conflict, ...tooLarge },
      },
    },
    async (request, reply) => answer(context, act, { request, reply, ...request.params, ...request.query }),
  );
}

type Call = {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly number: number;
  readonly repo?: string | undefined;
};

async function answer<Body extends { repo?: string | undefined }>(
  context: HttpContext,
  act: Act<Body>,
  { request, reply, number, repo: asked }: Call,
): Promise<z.infer<typeof pullBody> | { error: string }> {
  const read = readBody(act.body, request);
  if (!read.ok) return refuse(reply, 400, read.error);
  const named = await namePull(context, request, { number, repo: asked, bodyRepo: read.value.repo });
  if (isRefused(named)) return refuse(reply, named.status, named.error);
  const { fullName } = named.repo;
  const known = act.needsNoRepository ? named.repo : undefined;
  const repo = await repoFor(context, request, { fullName, ability: act.ability, known });
  if (isRefused(repo)) return refuse(reply, repo.status, repo.error);
  const by = callerOf(request).actor.login;
  const done = await act.run(pullDeps(context), { ref: { fullName, number }, by, body: read.value });
  if (isPullRefusal(done)) return refuse(reply, statuses[done.reason], done.message);
  return showPull(context, repo, number);
}

const statuses = { invalid: 400, not_found: 404, conflict: 409 } as const;

function isPullRefusal(result: PullRefusal | object): result is PullRefusal {
  return 'kind' in result && result.kind === 'refused';
}

function refuse(reply: FastifyReply, status: number, error: string): { error: string } {
  reply.code(status);
  return { error };
}
