import { expect, it } from 'vitest';
import { insertRepo } from '../../../test/support/applies.ts';
import { describeDatabases } from '../../../test/support/database.ts';
import { type Caller, callerOf, report, someRevisions } from '../../../test/support/deployments.ts';
import type { Db } from '../../db/index.ts';
import type { Repo } from '../../repos/index.ts';
import { protectEnvironment } from '../protection/index.ts';
import { findByName } from '../store.ts';
import { type DeploymentReport, recordDeployment } from './record-deployment.ts';

type World = { readonly db: Db; readonly repo: Repo; readonly by: Caller };

async function world(db: Db): Promise<World> {
  return { db, repo: await insertRepo(db, 'acme/infra'), by: await callerOf(db, 'dora', 'developer') };
}

async function attempt({ db, repo, by }: World, rest: Partial<DeploymentReport>) {
  const usual = { environment: 'production', ref: 'main', tag: false, sha: 'a'.repeat(40), status: 'success' } as const;
  return recordDeployment({ db, revisions: someRevisions }, { repo, ...usual, ...by, now: 1000, ...rest });
}

async function protect({ db, repo, by }: World, name: string): Promise<void> {
  const level = { userId: null, groupId: null, groupInheritanceType: null, requiredApprovals: null };
  const scope = { kind: 'repo', repoId: repo.id } as const;
  const deployRules = [{ ...level, accessLevel: 40 as const }];
  await protectEnvironment(db, { scope, name, deployRules, approvalRules: [], actor: by.actor, now: 1000 });
}

describeDatabases('recordDeployment', (open) => {
  it('makes the environment, and the deployment its last one', async () => {
    const { db, repo, by } = await world(await open());
    const deployment = await report(db, { repo, by, environment: 'review/x' });
    const common = { repoId: repo.id, ref: 'main', tag: false, sha: 'a'.repeat(40), userId: by.actor.id };
    const times = { createdAt: 1000, updatedAt: 1000, finishedAt: 1000 };
    expect(deployment).toMatchObject({ iid: 1, status: 'success', ...common, ...times, runId: null, jobId: null });
    expect(await findByName(db, repo.id, 'review/x')).toMatchObject({
      id: deployment.environmentId,
      tier: 'development',
      state: 'available',
      lastDeploymentId: deployment.id,
    });
  });

  it('counts deployments of the repo', async () => {
    const { db, repo, by } = await world(await open());
    await report(db, { repo, by, status: 'running' });
    expect(await report(db, { repo, by, status: 'running', environment: 'staging' })).toMatchObject({ iid: 2 });
  });

  it.each(['running', 'failed', 'canceled'] as const)(
    'does not show one that is %s as the last one',
    async (status) => {
      const { db, repo, by } = await world(await open());
      const first = await report(db, { repo, by });
      await report(db, { repo, by, status, sha: 'b'.repeat(40) });
      expect((await findByName(db, repo.id, 'production'))?.lastDeploymentId).toBe(first.id);
    },
  );

  it('gives the last success again to whoever reports it again', async () => {
    const { db, repo, by } = await world(await open());
    const first = await report(db, { repo, by });
    expect(await report(db, { repo, by })).toEqual(first);
    const others = [{ sha: 'b'.repeat(40) }, { ref: 'v1' }, { tag: true }, { status: 'failed' as const }];
    for (const other of others) expect((await report(db, { repo, by, ...other })).id).not.toBe(first.id);
  });

  it('starts a stopped environment, even with what was deployed last', async () => {
    const { db, repo, by } = await world(await open());
    const first = await report(db, { repo, by });
    await db.query.updateTable('environments').set({ state: 'stopped', auto_delete_at: 99_999 }).execute();
    const again = await report(db, { repo, by });
    expect(again.id).not.toBe(first.id);
    expect(await findByName(db, repo.id, 'production')).toMatchObject({
      state: 'available',
      autoDeleteAt: null,
      lastDeploymentId: again.id,
    });
  });

  it.each<[string, Partial<DeploymentReport>, object]>([
    ['an unknown commit', { sha: 'nope' }, { sha: ['The commit does not exist'] }],
    ['an unknown ref', { ref: 'nope' }, { ref: ['The branch or tag does not exist'] }],
    [
      'both',
      { ref: 'nope', sha: 'nope' },
      { sha: ['The commit does not exist'], ref: ['The branch or tag does not exist'] },
    ],
    [
      'a name that is too long',
      { environment: 'a'.repeat(300) },
      { name: ['is too long (maximum is 255 characters)'] },
    ],
  ])('refuses %s, and makes nothing', async (_what, rest, problems) => {
    const all = await world(await open());
    expect(await attempt(all, rest)).toEqual({ kind: 'invalid', problems });
    expect(await all.db.query.selectFrom('environments').select('id').execute()).toEqual([]);
  });

  it('refuses somebody whom protection keeps out, also before the environment exists', async () => {
    const all = await world(await open());
    await protect(all, 'production');
    expect(await attempt(all, { sha: 'nope' })).toEqual({ kind: 'forbidden' });
    const maintainer = await callerOf(all.db, 'mona', 'maintainer');
    expect((await attempt(all, maintainer)).kind).toBe('recorded');
    expect(await attempt(all, {})).toEqual({ kind: 'forbidden' });
  });

  it('makes one environment for many reports at once', async () => {
    const { db, repo, by } = await world(await open());
    const shas = Array.from({ length: 8 }, (_, at) => String(at).repeat(40));
    const made = await Promise.all(shas.map((sha) => report(db, { repo, by, sha })));
    expect(new Set(made.map(({ environmentId }) => environmentId)).size).toBe(1);
    expect(made.map(({ iid }) => iid).sort((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('writes down who reported it', async () => {
    const { db, repo, by } = await world(await open());
    const { id } = await report(db, { repo, by });
    const events = await db.query.selectFrom('audit_events').selectAll().execute();
    expect(events).toMatchObject([
      { action: 'deployment.create', actor_id: by.actor.id, repo_id: repo.id, subject: 'production' },
    ]);
    expect(JSON.parse(events[0]?.details ?? '')).toMatchObject({ id, status: 'success' });
  });
});
