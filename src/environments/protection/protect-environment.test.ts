import { expect, it } from 'vitest';
import { insertRepo } from '../../../test/support/applies.ts';
import { describeDatabases } from '../../../test/support/database.ts';
import { type Actor, createToken, ensureHostUser, ensureSystemUser, type Role } from '../../access/index.ts';
import type { Db } from '../../db/index.ts';
import { mayDeployTo, readCoverage } from './coverage.ts';
import { changeProtection, protectEnvironment, unprotectEnvironment } from './protect-environment.ts';
import type { NewRuleOrder } from './rule-changes.ts';
import { countProtections, findProtection, listProtections } from './store.ts';
import type { AccessLevel, ProtectionScope } from './types.ts';

const now = 1000;
const nothing = { userId: null, groupId: null, accessLevel: null, groupInheritanceType: null, requiredApprovals: null };
const level = (accessLevel: AccessLevel): NewRuleOrder => ({ ...nothing, accessLevel });
const user = (userId: number): NewRuleOrder => ({ ...nothing, userId });
const group = (groupId: number): NewRuleOrder => ({ ...nothing, groupId });

async function world(db: Db) {
  const repo = await insertRepo(db, 'acme/infra');
  const actor = await ensureSystemUser(db, 'polder', now);
  const scope: ProtectionScope = { kind: 'repo', repoId: repo.id };
  const protect = (name: string, deployRules: NewRuleOrder[], approvalRules: NewRuleOrder[] = []) =>
    protectEnvironment(db, { scope, name, actor, now, deployRules, approvalRules });
  return { repo, actor, scope, protect };
}

async function tokenUser(db: Db, actor: Actor, name: string, role: Role): Promise<number> {
  await createToken(db, { name, role, scope: 'api', repoId: null, expiresAt: null, now, actor });
  const row = await db.query.selectFrom('users').select('id').where('login', '=', name).executeTakeFirstOrThrow();
  return row.id;
}

describeDatabases('protectEnvironment', (open) => {
  it('keeps who may deploy and who approves', async () => {
    const db = await open();
    const { scope, protect } = await world(db);
    const result = await protect('production', [level(40)], [level(30), { ...level(40), requiredApprovals: 2 }]);
    const rule = { id: expect.any(Number) as number, userId: null, groupId: null, groupInheritanceType: 0 };
    const protection = {
      id: expect.any(Number) as number,
      scope,
      name: 'production',
      deployRules: [{ ...rule, accessLevel: 40 }],
      approvalRules: [
        { ...rule, accessLevel: 30, requiredApprovals: 1 },
        { ...rule, accessLevel: 40, requiredApprovals: 2 },
      ],
    };
    expect(result).toEqual({ kind: 'protected', protection });
    expect(await findProtection(db, scope, 'production')).toEqual(protection);
  });

  it('refuses a name that is protected already', async () => {
    const { protect } = await world(await open());
    await protect('production', [level(40)]);
    expect(await protect('production', [level(30)])).toEqual({ kind: 'taken' });
  });

  it('leaves out users who may not deploy, and unknown users and groups', async () => {
    const db = await open();
    const { actor, protect } = await world(db);
    const reporter = await tokenUser(db, actor, 'reporter', 'reporter');
    const developer = await tokenUser(db, actor, 'developer', 'developer');
    const { id: octocat } = await ensureHostUser(db, { host: 'github.com', login: 'octocat' }, now);
    const rules = [user(reporter), user(developer), user(octocat), user(999_999), group(999_999)];
    const result = await protect('production', rules);
    const kept = result.kind === 'protected' ? result.protection.deployRules.map(({ userId }) => userId) : result;
    expect(kept).toEqual([developer, octocat]);
    expect(await protect('staging', [user(reporter)])).toEqual({
      kind: 'invalid',
      messages: ['Deploy access levels is too short (minimum is 1 character)'],
    });
  });

  it('keeps rules for groups, which admit administrators alone', async () => {
    const db = await open();
    const { repo, protect } = await world(db);
    const result = await protect('production', [group(repo.groupId)], [group(repo.groupId)]);
    const rule = { groupId: repo.groupId, userId: null, accessLevel: null };
    expect(result).toMatchObject({ protection: { deployRules: [rule], approvalRules: [rule] } });
    const environment = { name: 'production', tier: 'production', repo } as const;
    const may = (role: Role) => mayDeployTo(db, environment, { userId: 1, role });
    expect([await may('owner'), await may('admin')]).toEqual([false, true]);
  });

  it('takes reporters as approvers', async () => {
    const db = await open();
    const { actor, protect } = await world(db);
    const reporter = await tokenUser(db, actor, 'reporter', 'reporter');
    expect(await protect('production', [level(40)], [user(reporter)])).toMatchObject({
      protection: { approvalRules: [{ userId: reporter }] },
    });
  });

  it.each<[string, string, NewRuleOrder[], NewRuleOrder[], string]>([
    [
      'an unknown user as approver',
      'a',
      [level(40)],
      [level(40), user(999)],
      'Approval rules: there is no user 999 who may approve',
    ],
    ['an unknown group as approver', 'a', [level(40)], [group(999)], 'Approval rules: there is no group 999'],
    ['no rule', 'a', [], [], 'Deploy access levels is too short (minimum is 1 character)'],
    [
      'two subjects',
      'a',
      [{ ...level(40), userId: 1 }],
      [],
      'Only one of the Group ID, User ID or Access Level must be specified.',
    ],
    [
      'no subject',
      'a',
      [level(40), nothing],
      [],
      'Only one of the Group ID, User ID or Access Level must be specified.',
    ],
    [
      'too many approvals',
      'a',
      [level(40)],
      [{ ...level(40), requiredApprovals: 6 }],
      'Approval rules required approvals must be between 1 and 5',
    ],
    ['a blank name', '  ', [level(40)], [], "Name can't be blank"],
    ['a long name', 'a'.repeat(256), [level(40)], [], 'Name is too long (maximum is 255 characters)'],
  ])('refuses %s, and keeps nothing', async (_what, name, deployRules, approvalRules, message) => {
    const db = await open();
    const { scope, protect } = await world(db);
    expect(await protect(name, deployRules, approvalRules)).toEqual({ kind: 'invalid', messages: [message] });
    expect(await countProtections(db, scope)).toBe(0);
  });

  it('lists protections in order of name, page by page', async () => {
    const db = await open();
    const { scope, protect } = await world(db);
    for (const name of ['staging', 'a', 'production']) await protect(name, [level(40)]);
    const page = async (offset: number) =>
      (await listProtections(db, scope, { offset, limit: 2 })).map(({ name }) => name);
    expect([await page(0), await page(2)]).toEqual([['a', 'production'], ['staging']]);
  });

  it('writes down who protected what', async () => {
    const db = await open();
    const { repo, actor, scope, protect } = await world(db);
    await protect('production', [level(40)]);
    await unprotectEnvironment(db, { scope, name: 'production', actor, now });
    const events = await db.query.selectFrom('audit_events').selectAll().orderBy('id').execute();
    const common = { actor_id: actor.id, repo_id: repo.id, subject: 'production' };
    expect(events).toMatchObject([
      { action: 'protection.create', ...common },
      { action: 'protection.delete', ...common },
    ]);
  });
});

describeDatabases('changeProtection', (open) => {
  async function protectedWorld(db: Db) {
    const all = await world(db);
    const result = await all.protect('production', [level(40), level(30)], [level(40)]);
    if (result.kind !== 'protected') throw new Error(result.kind);
    const { protection } = result;
    const change = (rest: Partial<Parameters<typeof changeProtection>[1]>) => {
      const { scope, actor } = all;
      return changeProtection(db, {
        ...{ scope, name: 'production', actor, now, deployRules: null, approvalRules: null },
        ...rest,
      });
    };
    return { ...all, protection, change };
  }

  it('changes, adds and removes rules', async () => {
    const db = await open();
    const { protection, change } = await protectedWorld(db);
    const [first, second] = protection.deployRules.map(({ id }) => id);
    const result = await change({
      deployRules: [{ ...level(60), id: first ?? 0 }, { ...nothing, id: second ?? 0, destroy: true }, level(20)],
      approvalRules: [{ ...nothing, id: protection.approvalRules[0]?.id ?? 0, requiredApprovals: 3 }],
    });
    expect(result).toMatchObject({
      kind: 'protected',
      protection: {
        deployRules: [{ id: first, accessLevel: 60 }, { accessLevel: 20 }],
        approvalRules: [{ accessLevel: 40, requiredApprovals: 3 }],
      },
    });
  });

  it('keeps what is not mentioned', async () => {
    const { protection, change } = await protectedWorld(await open());
    expect(await change({})).toEqual({ kind: 'protected', protection });
  });

  it('refuses to give a rule to nobody', async () => {
    const db = await open();
    const { scope, protection, change } = await protectedWorld(db);
    const [id] = protection.deployRules.map((rule) => rule.id);
    expect(await change({ deployRules: [{ ...user(999), id: id ?? 0 }] })).toEqual({
      kind: 'invalid',
      messages: ['Deploy access levels: there is no user 999 who may deploy'],
    });
    expect(await change({ approvalRules: [group(999)] })).toEqual({
      kind: 'invalid',
      messages: ['Approval rules: there is no group 999'],
    });
    expect(await findProtection(db, scope, 'production')).toEqual(protection);
  });

  it('never loses the last rule for those who deploy', async () => {
    const db = await open();
    const { scope, protection, change } = await protectedWorld(db);
    const deployRules = protection.deployRules.map(({ id }) => ({ ...nothing, id, destroy: true }));
    expect(await change({ deployRules })).toMatchObject({ kind: 'invalid' });
    expect(await findProtection(db, scope, 'production')).toEqual(protection);
  });

  it('does not find what is not there', async () => {
    const { change, protection } = await protectedWorld(await open());
    expect(await change({ name: 'staging' })).toEqual({ kind: 'not_found' });
    expect(await change({ deployRules: [{ ...level(40), id: 999_999 }] })).toEqual({ kind: 'not_found' });
    const approvalRule = protection.approvalRules[0]?.id ?? 0;
    expect(await change({ deployRules: [{ ...level(40), id: approvalRule }] })).toEqual({ kind: 'not_found' });
  });
});

describeDatabases('readCoverage', (open) => {
  const names = (protections: readonly { name: string }[]) => protections.map(({ name }) => name);

  it('finds names of the repo, patterns, and tiers of the groups above it', async () => {
    const db = await open();
    const { repo, actor, protect } = await world(db);
    const other = await insertRepo(db, 'other/infra');
    await protect('production', [level(40)]);
    await protect('review/*/eu', [level(40)]);
    const scope: ProtectionScope = { kind: 'group', groupId: repo.groupId };
    const rules = { deployRules: [level(40)], approvalRules: [] };
    await protectEnvironment(db, { scope, name: 'staging', actor, now, ...rules });
    const coverage = await readCoverage(db, repo);
    expect(names(coverage({ name: 'production', tier: 'staging' }))).toEqual(['production', 'staging']);
    expect(names(coverage({ name: 'Production', tier: 'production' }))).toEqual([]);
    expect(names(coverage({ name: 'review/a/b/eu', tier: 'development' }))).toEqual(['review/*/eu']);
    expect(names(coverage({ name: 'review/eu', tier: 'development' }))).toEqual([]);
    expect(names((await readCoverage(db, other))({ name: 'production', tier: 'staging' }))).toEqual([]);
  });

  it('refuses to protect what is no tier in a group', async () => {
    const db = await open();
    const { repo, actor } = await world(db);
    const scope: ProtectionScope = { kind: 'group', groupId: repo.groupId };
    const order = { scope, name: 'gold', actor, now, deployRules: [level(40)], approvalRules: [] };
    expect(await protectEnvironment(db, order)).toEqual({
      kind: 'invalid',
      messages: ['Name must be one of environment tiers: production, staging, testing, development, other.'],
    });
  });
});
