import type { FastifyRequest } from 'fastify';
import { canSee } from '../../access/index.ts';
import { getJob, getRun, type Job, type RunWithJobs } from '../../runs/index.ts';
import { callerOf } from '../auth.ts';
import type { HttpContext } from '../deps.ts';

type Deps = Pick<HttpContext, 'db'>;

/** The run of that id; undefined when there is none, or none that the caller's credential is good for. */
export async function visibleRun(deps: Deps, request: FastifyRequest, id: number): Promise<RunWithJobs | undefined> {
  const run = await getRun(deps.db, id);
  return run && canSee(callerOf(request), run.repo) ? run : undefined;
}

/** The job of that id or UUID, by the same rule. */
export async function visibleJob(deps: Deps, request: FastifyRequest, id: number | string): Promise<Job | undefined> {
  const job = await getJob(deps.db, id);
  return job && (await visibleRun(deps, request, job.runId)) ? job : undefined;
}
