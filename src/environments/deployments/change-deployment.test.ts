import { expect, it } from 'vitest';
import { acceptApply, insertRepo } from '../../../test/support/applies.ts';
import { describeDatabases } from '../../../test/support/database.ts';
import { callerOf, report } from '../../../test/support/deployments.ts';
import type { Db } from '../../db/index.ts';
import { findByName } from '../store.ts';
import { changeDeployment, deleteDeployment } from './change-deployment.ts';
import type { ReportedStatus } from './record-deployment.ts';
import { findDeployment } from './store.ts';

async function world(db: Db) {
  const repo = await insertRepo(db, 'acme/infra');
  const by = await callerOf(db, 'mona', 'maintainer');
  const target = (deploymentId: number, now = 2000) => ({ repo, deploymentId, ...by, now });
  const change = (id: number, status: ReportedStatus, now?: number) =>
    changeDeployment(db, { ...target(id, now), status });
  const remove = (id: number, unmodifiedSince: number | null = null) =>
    deleteDeployment(db, { ...target(id), unmodifiedSince });
  return { db, repo, by, change, remove };
}

const lastId = async (db: Db, repoId: number) => (await findByName(db, repoId, 'production'))?.lastDeploymentId;

describeDatabases('changeDeployment', (open) => {
  it('moves a deployment, and with a success its environment', async () => {
    const { db, repo, by, change } = await world(await open());
    const { id } = await report(db, { repo, by, status: 'running' });
    expect(await change(id, 'success')).toMatchObject({
      kind: 'changed',
      deployment: { id, status: 'success', finishedAt: 2000, updatedAt: 2000 },
    });
    expect(await lastId(db, repo.id)).toBe(id);
  });

  it.each<[ReportedStatus, ReportedStatus, string]>([
    ['failed', 'running', 'run'],
    ['success', 'running', 'run'],
    ['canceled', 'running', 'run'],
  ])('does not let one that is %s be %s', async (from, to, event) => {
    const { db, repo, by, change } = await world(await open());
    const { id } = await report(db, { repo, by, status: from });
    expect(await change(id, to)).toEqual({ kind: 'illegal', event });
    expect((await findDeployment(db, repo.id, id))?.status).toBe(from);
  });

  it('leaves one alone that is what it should become', async () => {
    const { db, repo, by, change } = await world(await open());
    const deployment = await report(db, { repo, by, status: 'failed' });
    expect(await change(deployment.id, 'failed')).toEqual({ kind: 'changed', deployment });
  });

  it('gives the place of a success that was none to the one before it', async () => {
    const { db, repo, by, change } = await world(await open());
    const first = await report(db, { repo, by });
    const second = await report(db, { repo, by, sha: 'b'.repeat(40), now: 1500 });
    await change(second.id, 'failed');
    expect(await lastId(db, repo.id)).toBe(first.id);
    await change(first.id, 'canceled');
    expect(await lastId(db, repo.id)).toBeNull();
  });

  it('leaves the deployment of a job to the job', async () => {
    const { db, repo, change } = await world(await open());
    await acceptApply(db, { repo, project: { name: 'production', dir: '.', workspace: 'default' } }, 1000);
    const { id } = await db.query.selectFrom('deployments').select('id').executeTakeFirstOrThrow();
    expect(await change(id, 'success')).toEqual({ kind: 'belongs_to_job' });
  });

  it('does not find the deployment of another repo', async () => {
    const { db, by, change } = await world(await open());
    const other = await insertRepo(db, 'acme/other');
    const { id } = await report(db, { repo: other, by });
    expect(await change(id, 'failed')).toEqual({ kind: 'not_found' });
  });
});

describeDatabases('deleteDeployment', (open) => {
  it('deletes an old deployment', async () => {
    const { db, repo, by, remove } = await world(await open());
    const { id } = await report(db, { repo, by });
    await report(db, { repo, by, sha: 'b'.repeat(40) });
    expect(await remove(id)).toBe('deleted');
    expect(await findDeployment(db, repo.id, id)).toBeUndefined();
    expect(await remove(id)).toBe('not_found');
  });

  it('keeps one that runs, and the last one', async () => {
    const { db, repo, by, remove } = await world(await open());
    const running = await report(db, { repo, by, status: 'running' });
    const last = await report(db, { repo, by });
    expect(await remove(running.id)).toBe('running');
    expect(await remove(last.id)).toBe('current');
  });

  it('keeps one that was changed after the given second', async () => {
    const { db, repo, by, remove } = await world(await open());
    const { id } = await report(db, { repo, by, status: 'failed', now: 5500 });
    expect(await remove(id, 4000)).toBe('changed_since');
    expect(await remove(id, 5000)).toBe('deleted');
  });
});
