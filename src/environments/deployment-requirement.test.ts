import { expect, it } from 'vitest';
import { acceptApply, applied, insertRepo, type TestApply } from '../../test/support/applies.ts';
import { describeDatabases } from '../../test/support/database.ts';
import { type Caller, callerOf } from '../../test/support/deployments.ts';
import type { Db } from '../db/index.ts';
import { savePlan } from '../plans/index.ts';
import type { Repo } from '../repos/index.ts';
import type { Refusal } from '../runs/index.ts';
import { deploymentRequirement } from './deployment-requirement.ts';
import { type ApprovalOrder, approveDeployment, deploymentApprovals } from './deployments/index.ts';
import { findDeployment } from './deployments/store.ts';
import { type AccessLevel, protectEnvironment } from './protection/index.ts';

const project = { name: 'production', dir: '.', workspace: 'default' };
const nothing = { userId: null, groupId: null, accessLevel: null, groupInheritanceType: null, requiredApprovals: null };

type Rules = { readonly deploy?: AccessLevel; readonly approvals?: readonly number[] };

async function world(db: Db) {
  const repo = await insertRepo(db, 'acme/infra');
  const admin = await callerOf(db, 'root', 'admin');
  const protect = async ({ deploy = 40, approvals = [] }: Rules, name = 'production') => {
    const scope = { kind: 'repo', repoId: repo.id } as const;
    const approvalRules = approvals.map((requiredApprovals) => ({
      ...nothing,
      accessLevel: 40 as const,
      requiredApprovals,
    }));
    const deployRules = [{ ...nothing, accessLevel: deploy }];
    await protectEnvironment(db, { scope, name, deployRules, approvalRules, actor: admin.actor, now: 1 });
  };
  return { db, repo, protect, mona: await callerOf(db, 'mona', 'maintainer') };
}

async function ask(db: Db, repo: Repo, { run, job }: TestApply): Promise<Refusal | undefined> {
  return deploymentRequirement({ db, now: () => 2000 })({ run, repo, job, planJson: null });
}

/** Asks the requirement before the job starts, and ends it as it says. */
async function attempt(
  db: Db,
  repo: Repo,
  sha = 'c'.repeat(40),
  planId?: number,
): Promise<{ apply: TestApply; id: number; status: string }> {
  const apply = await acceptApply(db, { repo, project, sha, ...(planId === undefined ? {} : { planId }) }, 1000);
  const refusal = await ask(db, repo, apply);
  if (refusal) await apply.move('job_ended', { state: 'refused', outcome: { kind: 'refused', refusal }, now: 1100 });
  else {
    await apply.move('job_started', { state: 'running', now: 1100 });
    await apply.move('job_ended', { state: 'succeeded', outcome: applied, now: 1200 });
  }
  const row = await db.query
    .selectFrom('deployments')
    .select(['id', 'status'])
    .where('job_id', '=', apply.job.id)
    .executeTakeFirstOrThrow();
  return { apply, ...row };
}

/** A plan of pull request 1 that was asked for with these arguments. */
async function planWith(db: Db, repo: Repo, extraArgs: readonly string[], sha = 'c'.repeat(40)): Promise<number> {
  const { job } = await acceptApply(db, { repo, project, kind: 'plan', extraArgs, sha }, 1000);
  const { name: projectName, dir, workspace } = project;
  const of = { jobId: job.id, repoId: repo.id, projectName, dir, workspace, pullNumber: 1, commitSha: sha };
  const engine = { engine: 'terraform', engineVersion: '1.9.9', configDigest: '', lockFile: null };
  return db.transaction((tx) => savePlan(tx, { ...of, ...engine, content: new Uint8Array([1]), keepFile: true }, 1000));
}

async function approve(db: Db, repo: Repo, by: Caller, rest: Partial<ApprovalOrder> & { deploymentId: number }) {
  const usual = { status: 'approved', comment: null, representedAs: null, now: 1500 } as const;
  return approveDeployment(db, { repo, ...by, ...usual, ...rest });
}

describeDatabases('deploymentRequirement', (open) => {
  it('says nothing where nothing is protected', async () => {
    const { db, repo, protect } = await world(await open());
    await protect({ deploy: 60 }, 'staging');
    expect((await attempt(db, repo)).status).toBe('success');
  });

  it('refuses somebody who may not deploy, and skips the deployment', async () => {
    const { db, repo, protect } = await world(await open());
    await protect({ deploy: 60, approvals: [1] });
    const { apply, status } = await attempt(db, repo);
    expect(status).toBe('skipped');
    expect(await ask(db, repo, apply)).toEqual({
      kind: 'requirement',
      message:
        'The environment production is protected: atlantis-api (maintainer) is not among those who may deploy to it.',
    });
  });

  it('refuses an apply without its approvals, and lets the deployment wait for them', async () => {
    const { db, repo, protect } = await world(await open());
    await protect({ approvals: [1, 2] });
    const { apply, id, status } = await attempt(db, repo);
    expect(status).toBe('blocked');
    expect(await ask(db, repo, apply)).toEqual({
      kind: 'requirement',
      message: `The environment production is protected: 3 approvals are missing. Once deployment ${id} is approved, apply this commit again.`,
    });
  });

  it('carries out the approved deployment with the next apply of its commit, and asks again after that', async () => {
    const { db, repo, protect, mona } = await world(await open());
    await protect({ approvals: [1] });
    const first = await attempt(db, repo);
    await approve(db, repo, mona, { deploymentId: first.id });
    expect((await findDeployment(db, repo.id, first.id))?.status).toBe('created');
    const other = await attempt(db, repo, 'd'.repeat(40));
    expect(other).toMatchObject({ status: 'blocked' });
    const second = await attempt(db, repo);
    expect(second).toMatchObject({ id: first.id, status: 'success' });
    const third = await attempt(db, repo);
    expect(third.status).toBe('blocked');
    expect(third.id).not.toBe(first.id);
  });

  it('does not take what was approved for another plan of the commit, such as one with arguments', async () => {
    const { db, repo, protect, mona } = await world(await open());
    await protect({ approvals: [1] });
    const sha = 'c'.repeat(40);
    const first = await attempt(db, repo, sha, await planWith(db, repo, []));
    await approve(db, repo, mona, { deploymentId: first.id });
    const destroy = await attempt(db, repo, sha, await planWith(db, repo, ['-destroy']));
    expect(destroy.status).toBe('blocked');
    expect(destroy.id).not.toBe(first.id);
    const onOtherBase = await attempt(db, repo, sha, await planWith(db, repo, [], 'd'.repeat(40)));
    expect(onOtherBase.status).toBe('blocked');
    const again = await attempt(db, repo, sha, await planWith(db, repo, []));
    expect(again).toMatchObject({ id: first.id, status: 'success' });
  });

  it('keeps the approvals that there are when the apply comes too early', async () => {
    const { db, repo, protect, mona } = await world(await open());
    await protect({ approvals: [2] });
    const first = await attempt(db, repo);
    await approve(db, repo, mona, { deploymentId: first.id });
    expect(await attempt(db, repo)).toMatchObject({ id: first.id, status: 'blocked' });
    await approve(db, repo, await callerOf(db, 'olaf', 'owner'), { deploymentId: first.id });
    expect(await attempt(db, repo)).toMatchObject({ id: first.id, status: 'success' });
  });

  it('loses no approval to an apply that is refused for another reason, or to one of somebody who may not deploy', async () => {
    const { db, repo, protect, mona } = await world(await open());
    await protect({ approvals: [1] });
    const first = await attempt(db, repo);
    const refuse = async (kind: 'locked' | 'requirement') => {
      const apply = await acceptApply(db, { repo, project }, 1300);
      const outcome = { kind: 'refused', refusal: { kind, message: 'no' } } as const;
      await apply.move('job_ended', { state: 'refused', outcome, now: 1310 });
      return (await findDeployment(db, repo.id, first.id))?.status;
    };
    expect([await refuse('locked'), await refuse('requirement')]).toEqual(['blocked', 'blocked']);
    await approve(db, repo, mona, { deploymentId: first.id });
    expect([await refuse('locked'), await refuse('requirement')]).toEqual(['created', 'created']);
    expect(await attempt(db, repo)).toMatchObject({ id: first.id, status: 'success' });
  });

  it('takes back its word when the environment is protected before the point of no return', async () => {
    const { db, repo, protect } = await world(await open());
    const apply = await acceptApply(db, { repo, project }, 1000);
    expect(await ask(db, repo, apply)).toBeUndefined();
    await apply.move('job_started', { state: 'running', now: 1100 });
    await protect({ approvals: [1] });
    const refusal = await ask(db, repo, apply);
    expect(refusal).toBeDefined();
    if (refusal) await apply.move('job_ended', { state: 'refused', outcome: { kind: 'refused', refusal }, now: 1200 });
    expect(await db.query.selectFrom('deployments').select('status').execute()).toEqual([{ status: 'skipped' }]);
  });

  it('refuses an apply whose environment was deleted', async () => {
    const { db, repo } = await world(await open());
    const apply = await acceptApply(db, { repo, project }, 1000);
    await db.query.deleteFrom('deployments').execute();
    await db.query.deleteFrom('environments').execute();
    expect((await ask(db, repo, apply))?.message).toBe(
      'The environment of this project was deleted meanwhile; apply again.',
    );
  });
});

describeDatabases('approveDeployment', (open) => {
  it('counts who approved what, and how much is missing', async () => {
    const { db, repo, protect, mona } = await world(await open());
    await protect({ approvals: [2] });
    const { id } = await attempt(db, repo);
    const saved = await approve(db, repo, mona, { deploymentId: id, comment: 'looks good' });
    expect(saved).toMatchObject({
      kind: 'saved',
      approval: { userId: mona.actor.id, status: 'approved', comment: 'looks good', createdAt: 1500 },
      user: { login: 'mona' },
    });
    const deployment = await findDeployment(db, repo.id, id);
    const summary = deployment && (await deploymentApprovals(db, repo, deployment));
    expect(summary).toMatchObject({
      pending: 1,
      approvals: [{ userId: mona.actor.id }],
      rules: [{ missing: 1, rule: { accessLevel: 40, requiredApprovals: 2 }, approvals: [{ status: 'approved' }] }],
    });
  });

  it('counts one voice once, for one rule', async () => {
    const { db, repo, protect, mona } = await world(await open());
    await protect({ approvals: [1, 1] });
    const { id } = await attempt(db, repo);
    for (let times = 0; times < 3; times += 1) await approve(db, repo, mona, { deploymentId: id });
    expect((await findDeployment(db, repo.id, id))?.status).toBe('blocked');
    await approve(db, repo, await callerOf(db, 'olaf', 'owner'), { deploymentId: id });
    expect((await findDeployment(db, repo.id, id))?.status).toBe('created');
  });

  it('fails a deployment that is rejected', async () => {
    const { db, repo, protect, mona } = await world(await open());
    await protect({ approvals: [1] });
    const { id } = await attempt(db, repo);
    await approve(db, repo, mona, { deploymentId: id, status: 'rejected' });
    expect(await findDeployment(db, repo.id, id)).toMatchObject({ status: 'failed', finishedAt: 1500 });
    expect(await approve(db, repo, mona, { deploymentId: id })).toEqual({
      kind: 'refused',
      message: 'This deployment is not waiting for approvals.',
    });
  });

  it('lets somebody speak as what a rule names', async () => {
    const { db, repo, protect, mona } = await world(await open());
    await protect({ approvals: [1] });
    const { id } = await attempt(db, repo);
    expect(await approve(db, repo, mona, { deploymentId: id, representedAs: 'Nobody' })).toMatchObject({
      message:
        'There are no approval rules for the given `represent_as` parameter. Use a valid User/Group/Role name instead.',
    });
    expect((await approve(db, repo, mona, { deploymentId: id, representedAs: 'Maintainers' })).kind).toBe('saved');
  });

  it('refuses whoever is no approver, and whoever asked for the deployment', async () => {
    const { db, repo, protect, mona } = await world(await open());
    await protect({ approvals: [1] });
    const { id, apply } = await attempt(db, repo);
    const refusals = [
      await approve(db, repo, await callerOf(db, 'dora', 'developer'), { deploymentId: id }),
      await approve(
        db,
        repo,
        { actor: apply.run.actor, person: { userId: apply.run.actor.id, role: 'maintainer' } },
        { deploymentId: id },
      ),
      await approve(db, repo, mona, { deploymentId: id + 99 }),
    ];
    expect(refusals).toEqual([
      {
        kind: 'refused',
        message: "You don't have permission to approve this deployment. Contact the project or group owner for help.",
      },
      {
        kind: 'refused',
        message:
          'You cannot approve your own deployment. This configuration can be adjusted in the protected environment settings.',
      },
      { kind: 'not_found' },
    ]);
  });

  it('refuses where nothing is protected, or no approval is asked for', async () => {
    const { db, repo, protect, mona } = await world(await open());
    const { id } = await attempt(db, repo);
    const answers = [await approve(db, repo, mona, { deploymentId: id })];
    await protect({});
    answers.push(await approve(db, repo, mona, { deploymentId: id }));
    expect(answers).toMatchObject([
      { message: 'This environment is not protected.' },
      { message: 'Deployment approvals is not configured for this environment.' },
    ]);
  });
});
