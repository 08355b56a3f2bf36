import { randomUUID } from 'node:crypto';
import { isUniqueViolation, type Tx } from '../db/index.ts';
import { getApplyLock } from '../locks/index.ts';
import { enqueue } from '../queue/index.ts';
import { applyLockedText } from './apply-locked-text.ts';
import { announce } from './change-state.ts';
import type { RunDeps } from './deps.ts';
import { insertJobs, selectJobs } from './job-store.ts';
import { type PreparedRun, prepareRun } from './prepare-run.ts';
import { insertRun, selectRun, selectRunByKey } from './store.ts';
import type { AcceptResult, RunRequest } from './types.ts';

/** Tasks of this kind carry a run: `{ runId }`. */
export const executeRunTask = 'execute_run';

/**
 * The one door for every trigger. Finds the commit and the projects that are meant, and writes the run, its jobs and the
 * task that executes it in one transaction; from then on the run is not lost. What cannot be run is rejected with a
 * sentence and leaves nothing behind.
 */
export async function acceptRun(deps: RunDeps, request: RunRequest): Promise<AcceptResult> {
  const earlier = await findRepeated(deps, request);
  if (earlier) return earlier;
  if (request.command.kind === 'apply') {
    const lock = await getApplyLock(deps.db);
    if (lock) return { kind: 'rejected', reason: 'apply_locked', message: applyLockedText(lock) };
  }
  const prepared = await prepareRun(deps, request);
  if (prepared.kind === 'rejected') return prepared;
  try {
    const runId = await deps.db.transaction((tx) => writeRun(deps, tx, { request, prepared }));
    deps.log.info({ runId, repo: request.repo.fullName, kind: request.command.kind }, 'run accepted');
    return { kind: 'accepted', runId, repeated: false };
  } catch (error) {
    const first = isUniqueViolation(error) ? await findRepeated(deps, request) : undefined;
    if (first) return first;
    throw error;
  }
}

async function findRepeated(deps: RunDeps, request: RunRequest): Promise<AcceptResult | undefined> {
  const { idempotency, actor } = request;
  if (!idempotency) return undefined;
  const earlier = await selectRunByKey(deps.db, { actorId: actor.id, key: idempotency.key });
  if (!earlier) return undefined;
  if (earlier.digest === idempotency.digest) return { kind: 'accepted', runId: earlier.id, repeated: true };
  const message = `Idempotency-Key ${JSON.stringify(idempotency.key)} was used for another request (run ${earlier.id})`;
  return { kind: 'rejected', reason: 'idempotency_conflict', message };
}

type Accepted = { readonly request: RunRequest; readonly prepared: PreparedRun };

async function writeRun(deps: RunDeps, tx: Tx, { request, prepared }: Accepted): Promise<number> {
  const now = deps.now();
  const runId = await insertRun(tx, {
    kind: request.command.kind,
    state: 'queued',
    repo_id: request.repo.id,
    ref: prepared.ref,
    ref_kind: prepared.refKind,
    commit_sha: prepared.commitSha,
    base_branch: prepared.baseBranch,
    pull_number: prepared.pull?.number ?? null,
    pull: prepared.pull && JSON.stringify(prepared.pull),
    job_order: prepared.order && JSON.stringify(prepared.order),
    command: JSON.stringify(request.command),
    trigger: JSON.stringify(request.trigger),
    actor_id: request.actor.id,
    idempotency_key: request.idempotency?.key ?? null,
    idempotency_digest: request.idempotency?.digest ?? null,
    created_at: now,
  });
  const rows = prepared.jobs.map(({ project, planId }, position) => ({
    uuid: randomUUID(),
    run_id: runId,
    position,
    dir: project.dir,
    workspace: project.workspace,
    project_name: project.name,
    project: JSON.stringify(project),
    plan_id: planId,
    state: 'queued',
    created_at: now,
  }));
  await insertJobs(tx, rows);
  const run = await selectRun(tx, runId);
  if (run) {
    const scope = { run, repo: request.repo, now };
    await announce(deps, tx, { ...scope, kind: 'run_queued', job: null });
    for (const job of await selectJobs(tx, runId)) await announce(deps, tx, { ...scope, kind: 'job_queued', job });
  }
  await request.alongside?.(tx);
  await enqueue(tx, { kind: executeRunTask, payload: { runId } }, now);
  return runId;
}
