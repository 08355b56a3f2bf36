import { expect, it } from 'vitest';
import { acceptApply, insertRepo, succeedApply } from '../../test/support/applies.ts';
import { describeDatabases } from '../../test/support/database.ts';
import type { Db } from '../db/index.ts';
import type { JobOutcome, JobState } from '../runs/index.ts';
import type { Deployment, Environment } from './types.ts';

const network = { name: 'network', dir: 'infra/network', workspace: 'prod' };

async function environments(
  db: Db,
): Promise<Pick<Environment, 'name' | 'slug' | 'tier' | 'state' | 'lastDeploymentId'>[]> {
  const rows = await db.query.selectFrom('environments').selectAll().orderBy('id').execute();
  return rows.map(({ name, slug, tier, state, last_deployment_id: lastDeploymentId }) => {
    return { name, slug, tier, state, lastDeploymentId } as Environment;
  });
}

async function statuses(db: Db): Promise<Deployment['status'][]> {
  const rows = await db.query.selectFrom('deployments').select('status').orderBy('id').execute();
  return rows.map((row) => row.status as Deployment['status']);
}

async function changes(db: Db): Promise<string[]> {
  const rows = await db.query.selectFrom('environment_events').select('kind').orderBy('id').execute();
  return rows.map((row) => row.kind);
}

async function setState(db: Db, state: Environment['state']): Promise<void> {
  await db.query.updateTable('environments').set({ state, auto_delete_at: 99 }).execute();
}

describeDatabases('onRunEvent', (open) => {
  it('makes the environment and a created deployment when an apply is accepted', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    const { run, job } = await acceptApply(
      db,
      { repo, project: network, ref: 'refs/heads/main', sha: 'a'.repeat(40) },
      5,
    );
    expect(await environments(db)).toEqual([
      { name: 'network', slug: 'network', tier: 'other', state: 'available', lastDeploymentId: null },
    ]);
    const deployments = await db.query.selectFrom('deployments').selectAll().execute();
    expect(deployments).toMatchObject([
      {
        iid: 1,
        repo_id: repo.id,
        status: 'created',
        ref: 'main',
        tag: 0,
        sha: 'a'.repeat(40),
        user_id: run.actor.id,
        run_id: run.id,
        job_id: job.id,
        created_at: 5,
        updated_at: 5,
        finished_at: null,
      },
    ]);
  });

  it('makes nothing for a plan', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    await succeedApply(db, { repo, project: network, kind: 'plan' }, 5);
    expect(await environments(db)).toEqual([]);
  });

  it('says running while the apply runs', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    const apply = await acceptApply(db, { repo, project: network }, 5);
    await apply.move('job_started', { state: 'running', now: 6 });
    await apply.move('job_applying', { state: 'applying', now: 7 });
    expect(await statuses(db)).toEqual(['running']);
  });

  it('goes on with the same deployment when a job runs again', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    const apply = await acceptApply(db, { repo, project: network }, 5);
    await apply.move('job_started', { state: 'running', now: 6 });
    await apply.move('job_restarted', { state: 'queued', now: 7 });
    await apply.move('job_started', { state: 'running', now: 8 });
    expect(await statuses(db)).toEqual(['running']);
  });

  const ends: [string, JobState, JobOutcome][] = [
    ['success', 'succeeded', { kind: 'applied', summary: null, planId: 1 }],
    ['success', 'succeeded', { kind: 'unchanged', planId: 1 }],
    ['skipped', 'refused', { kind: 'refused', refusal: { kind: 'locked', message: 'locked' } }],
    ['canceled', 'cancelled', { kind: 'cancelled', by: 'ci' }],
    ['failed', 'interrupted', { kind: 'interrupted', phase: 'apply', message: 'the server died' }],
    ['failed', 'failed', { kind: 'failed', code: 'engine_failed', message: 'exit 1' }],
  ];
  it.each(ends)('says %s when the job ended %s', async (status, state, outcome) => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    const apply = await acceptApply(db, { repo, project: network }, 5);
    await apply.move('job_started', { state: 'running', now: 6 });
    await apply.move('job_ended', { state, outcome, now: 7 });
    const [deployment] = await db.query.selectFrom('deployments').selectAll().execute();
    expect(deployment).toMatchObject({ status, updated_at: 7, finished_at: status === 'skipped' ? null : 7 });
    const [environment] = await environments(db);
    expect(environment?.lastDeploymentId).toBe(status === 'success' ? deployment?.id : null);
  });

  it('keeps the last success when a later apply fails', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    await succeedApply(db, { repo, project: network }, 5);
    const [before] = await environments(db);
    const apply = await acceptApply(db, { repo, project: network }, 50);
    const outcome: JobOutcome = { kind: 'failed', code: 'engine_failed', message: 'exit 1' };
    await apply.move('job_ended', { state: 'failed', outcome, now: 60 });
    expect(await environments(db)).toEqual([before]);
    expect(await statuses(db)).toEqual(['success', 'failed']);
  });

  it('uses one environment for all applies of a project', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    await succeedApply(db, { repo, project: network }, 5);
    await succeedApply(db, { repo, project: network }, 50);
    expect(await environments(db)).toHaveLength(1);
    const rows = await db.query.selectFrom('deployments').select(['id', 'iid']).orderBy('id').execute();
    expect(rows.map((row) => row.iid)).toEqual([1, 2]);
    expect((await environments(db))[0]?.lastDeploymentId).toBe(rows[1]?.id);
  });

  it('keeps the deployment that finished later as the last one', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    await succeedApply(db, { repo, project: network }, 500);
    const [before] = await environments(db);
    await succeedApply(db, { repo, project: network }, 5);
    expect((await environments(db))[0]?.lastDeploymentId).toBe(before?.lastDeploymentId);
  });

  it.each(['stopped', 'stopping'] as const)('revives a %s environment when a deployment succeeds', async (state) => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    await succeedApply(db, { repo, project: network }, 5);
    await setState(db, state);
    await succeedApply(db, { repo, project: network }, 50);
    const row = await db.query.selectFrom('environments').selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ state: 'available', auto_delete_at: null, updated_at: 70 });
    expect(await changes(db)).toEqual(['created', 'started']);
  });

  it('leaves a stopped environment stopped when a deployment fails', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    await succeedApply(db, { repo, project: network }, 5);
    await setState(db, 'stopped');
    const apply = await acceptApply(db, { repo, project: network }, 50);
    const outcome: JobOutcome = { kind: 'failed', code: 'engine_failed', message: 'exit 1' };
    await apply.move('job_ended', { state: 'failed', outcome, now: 60 });
    expect((await environments(db))[0]?.state).toBe('stopped');
  });

  it('gives a name that another project has with six characters of a digest', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    await acceptApply(db, { repo, project: { name: 'web', dir: 'a', workspace: 'default' } }, 5);
    await acceptApply(db, { repo, project: { name: 'web', dir: 'b', workspace: 'default' } }, 6);
    const names = (await environments(db)).map((each) => each.name);
    expect(names).toEqual(['web', expect.stringMatching(/^web-[a-z0-9]{6}$/)]);
  });

  it('keeps a name whose slug another environment has', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    await acceptApply(db, { repo, project: { name: 'foo', dir: 'a', workspace: 'default' } }, 5);
    await acceptApply(db, { repo, project: { name: 'foo-', dir: 'b', workspace: 'default' } }, 6);
    const made = (await environments(db)).map(({ name, slug }) => [name, slug]);
    expect(made).toEqual([
      ['foo', 'foo'],
      ['foo-', expect.stringMatching(/^foo-[a-z0-9]{6}$/)],
    ]);
  });

  it('adopts an environment of that name that no project owns', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    await succeedApply(db, { repo, project: network }, 5);
    const unowned = { dir: null, workspace: null, project_name: null };
    await db.query.updateTable('environments').set(unowned).execute();
    await succeedApply(db, { repo, project: { name: 'network', dir: 'elsewhere', workspace: 'w' } }, 50);
    const rows = await db.query.selectFrom('environments').selectAll().execute();
    expect(rows.map((row) => [row.name, row.dir, row.workspace, row.project_name])).toEqual([
      ['network', 'elsewhere', 'w', 'network'],
    ]);
    expect(await changes(db)).toEqual(['created', 'adopted']);
  });

  it('numbers the deployments of each repo from 1', async () => {
    const db = await open();
    for (const name of ['acme/a', 'acme/b']) {
      await acceptApply(db, { repo: await insertRepo(db, name), project: network }, 5);
    }
    const rows = await db.query.selectFrom('deployments').select('iid').execute();
    expect(rows.map((row) => row.iid)).toEqual([1, 1]);
  });

  it('gives every deployment its own number when many applies of new projects are accepted at once', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    const projects = Array.from({ length: 24 }, (_, index) => {
      // Six projects want each name, and each project is applied twice.
      return { name: `web-${index % 2}`, dir: `d${index % 12}`, workspace: 'default' };
    });
    await Promise.all(projects.map((project) => succeedApply(db, { repo, project }, 5)));
    expect(await environments(db)).toHaveLength(12);
    const rows = await db.query.selectFrom('deployments').select('iid').orderBy('iid').execute();
    expect(rows.map((row) => row.iid)).toEqual(projects.map((_, index) => index + 1));
    expect(new Set(await statuses(db))).toEqual(new Set(['success']));
  });
});
