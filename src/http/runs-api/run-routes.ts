import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { findReposByName, getRepo, type Repo } from '../../repos/index.ts';
import { cancelRun, listRuns, type Run } from '../../runs/index.ts';
import type { App } from '../app.ts';
import { callerOf, refusalFor } from '../auth.ts';
import type { HttpContext } from '../deps.ts';
import { errorReply } from '../replies.ts';
import { beforeId, described, notFound, refusals, runId } from './parameters.ts';
import { runBody, runStates, runSummaryBody, toRunBody, toRunSummary } from './views.ts';
import { visibleRun } from './visible.ts';

export function addRunRoutes(app: App, context: HttpContext): void {
  addList(app, context);
  addRead(app, context);
  addCancel(app, context);
}

const listQuery = z.object({
  repository: z.string().min(1).optional().describe('Only of this repository: <full name>, or <host>/<full name>'),
  state: z.enum(runStates).optional().describe('Only in this state'),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  before: beforeId,
});

function addList(app: App, context: HttpContext): void {
  app.get(
    '/api/runs',
    {
      schema: {
        ...described,
        summary: 'Runs, newest first',
        querystring: listQuery,
        response: {
          200: z.object({ runs: z.array(runSummaryBody), next_before: z.number().int().nullable() }),
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { repository, state, limit, before } = request.query;
      const chosen = await chooseRepo(context, request, repository);
      if (chosen.kind === 'unclear') {
        reply.code(400);
        return { error: chosen.message };
      }
      const runs = await listRuns(context.db, {
        limit: limit + 1,
        ...(chosen.repoId === null ? {} : { repoId: chosen.repoId }),
        ...(state === undefined ? {} : { states: [state] }),
        ...(before === undefined ? {} : { before }),
      });
      const shown = runs.slice(0, limit);
      const repos = await reposOf(context, shown);
      return {
        runs: shown.flatMap((run) =>
          repos.filter((repo) => repo.id === run.repoId).map((repo) => toRunSummary(run, repo)),
        ),
        next_before: runs.length > limit ? (shown.at(-1)?.id ?? null) : null,
      };
    },
  );
}

function addRead(app: App, context: HttpContext): void {
  app.get(
    '/api/runs/:id',
    {
      schema: {
        ...described,
        summary: 'A run with its jobs',
        params: runId,
        response: { 200: runBody, ...refusals, ...notFound },
      },
    },
    async (request, reply) => {
      const run = await visibleRun(context, request, request.params.id);
      if (run) return toRunBody(run);
      reply.code(404);
      return noRun(request.params.id);
    },
  );
}

function addCancel(app: App, context: HttpContext): void {
  app.post(
    '/api/runs/:id/cancel',
    {
      schema: {
        ...described,
        summary: 'Ask a run to end: what waits is cancelled, what works is interrupted',
        params: runId,
        response: { 202: runBody, 409: errorReply('The run has ended'), ...refusals, ...notFound },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const run = await visibleRun(context, request, id);
      const caller = callerOf(request);
      const refusal = run && refusalFor(caller, run.kind === 'apply' ? 'runs:apply' : 'runs:plan', run.repo);
      if (refusal !== undefined) {
        reply.code(403);
        return { error: refusal };
      }
      const result = run ? await cancelRun(context, id, caller.actor) : 'unknown';
      const after = await visibleRun(context, request, id);
      if (result === 'unknown' || after === undefined) {
        reply.code(404);
        return noRun(id);
      }
      reply.code(result === 'ended' ? 409 : 202);
      return result === 'ended' ? { error: `run ${id} has ended: ${after.state}` } : toRunBody(after);
    },
  );
}

function noRun(id: number): { error: string } {
  return { error: `there is no run ${id}` };
}

type Chosen =
  /** Null: of every repo. */
  { readonly kind: 'chosen'; readonly repoId: number | null } | { readonly kind: 'unclear'; readonly message: string };

/** The repo that the caller asks for, or is bound to. */
async function chooseRepo(context: HttpContext, request: FastifyRequest, name: string | undefined): Promise<Chosen> {
  const { repoId: own } = callerOf(request);
  if (name === undefined) return { kind: 'chosen', repoId: own };
  const named = await reposNamed(context, name);
  const visible = named.filter((repo) => own === null || own === repo.id);
  const [repo] = visible;
  if (repo === undefined) return { kind: 'unclear', message: `repository ${JSON.stringify(name)} is not known here` };
  if (visible.length === 1) return { kind: 'chosen', repoId: repo.id };
  const choices = visible.map((found) => `${found.host}/${found.fullName}`).join(', ');
  return { kind: 'unclear', message: `repository ${JSON.stringify(name)} could be any of ${choices}` };
}

async function reposNamed({ db }: HttpContext, name: string): Promise<Repo[]> {
  const named = await findReposByName(db, name);
  if (named.length > 0) return named;
  const slash = name.indexOf('/');
  return (await findReposByName(db, name.slice(slash + 1))).filter((repo) => repo.host === name.slice(0, slash));
}

async function reposOf(context: HttpContext, runs: readonly Run[]): Promise<Repo[]> {
  const ids = [...new Set(runs.map((run) => run.repoId))];
  const repos = await Promise.all(ids.map((id) => getRepo(context.db, id)));
  return repos.filter((repo) => repo !== undefined);
}
