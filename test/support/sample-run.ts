import { join } from 'node:path';
import { apiSecretPrincipal } from '../../src/access/index.ts';
import type { HttpDeps } from '../../src/http/index.ts';
import { appendLog, closeLog } from '../../src/job-logs/index.ts';
import { findRepo } from '../../src/repos/index.ts';
import { acceptRun, getRun, type Job, type RunWithJobs } from '../../src/runs/index.ts';
import { makeRepo } from './git.ts';
import { openTestApp, type TestApp } from './http-app.ts';

export type SampleRun = { readonly run: RunWithJobs; readonly job: Job };

const config = 'version: 3\nprojects:\n- name: web\n  dir: web\n- dir: db\n  workspace: eu\n';

/** The app with a plan of both projects of `acme/p1` that nobody executes. */
export async function openWithRun(options: Parameters<typeof openTestApp>[0] = {}): Promise<TestApp & SampleRun> {
  const test = await openTestApp(options);
  await makeSampleRepo(test);
  return { ...test, ...(await acceptSampleRun(test)) };
}

/** Makes a repository with a named project and one without a name. */
export async function makeSampleRepo(test: TestApp, fullName = 'acme/p1'): Promise<void> {
  const files = { 'web/main.tf': 'terraform {}\n', 'db/main.tf': 'terraform {}\n' };
  await makeRepo(join(test.reposDir, fullName), { 'atlantis.yaml': config, ...files });
}

/** A plan of both projects that nobody executes. */
export async function acceptSampleRun(test: TestApp, fullName = 'acme/p1'): Promise<SampleRun> {
  const { deps } = test;
  const found = await findRepo(deps, { hostType: 'Local', fullName });
  if (found.kind !== 'found') throw new Error(found.message);
  const { actor } = await apiSecretPrincipal(deps.db, deps.now());
  const result = await acceptRun(deps, {
    repo: found.repo,
    command: { kind: 'plan', extraArgs: [] },
    target: {
      kind: 'ref',
      ref: 'main',
      baseBranch: null,
      pullNumber: null,
      selection: { projects: ['web'], paths: [{ directory: 'db', workspace: 'eu' }] },
    },
    actor,
    trigger: { kind: 'api' },
    idempotency: null,
  });
  const run = result.kind === 'accepted' ? await getRun(deps.db, result.runId) : undefined;
  const job = run?.jobs[0];
  if (!run || !job) throw new Error(`making a sample run: ${JSON.stringify(result)}`);
  return { run, job };
}

/** Writes lines to a job's log as its executor would. */
export async function writeLog({ db }: Pick<HttpDeps, 'db'>, job: Job, lines: readonly string[]): Promise<void> {
  await db.transaction((tx) => appendLog(tx, job.id, { lines, maxBytes: 16 * 1024 * 1024 }));
}

/** Says that nothing will be added to a job's log. */
export async function endLog({ db, now }: Pick<HttpDeps, 'db' | 'now'>, job: Job): Promise<void> {
  await db.transaction((tx) => closeLog(tx, job.id, now()));
}
