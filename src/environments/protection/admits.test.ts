import { describe, expect, it } from 'vitest';
import { roles } from '../../access/index.ts';
import { admits, mayDeploy } from './admits.ts';
import type { AccessLevel, ProtectedEnvironment } from './types.ts';

const nobody = { userId: null, groupId: null, accessLevel: null };
const level = (accessLevel: AccessLevel) => ({ ...nobody, accessLevel });

describe('admits', () => {
  it.each([
    [20, 'reporter'],
    [30, 'developer'],
    [40, 'maintainer'],
    [60, 'admin'],
  ] as const)('lets pass whoever has access level %i: from %s upwards', (accessLevel, weakest) => {
    const admitted = roles.filter((role) => admits(level(accessLevel), { userId: 1, role }));
    expect(admitted).toEqual(roles.slice(roles.indexOf(weakest)));
  });

  it('lets a user pass that it names, whatever the role', () => {
    expect(admits({ ...nobody, userId: 1 }, { userId: 1, role: null })).toBe(true);
    expect(admits({ ...nobody, userId: 1 }, { userId: 2, role: 'owner' })).toBe(false);
  });

  it('lets an administrator pass every rule', () => {
    expect(admits({ ...nobody, userId: 1 }, { userId: 2, role: 'admin' })).toBe(true);
  });

  it('lets nobody pass for a group, or with a level who has no role', () => {
    expect(admits({ ...nobody, groupId: 1 }, { userId: 1, role: 'owner' })).toBe(false);
    expect(admits(level(20), { userId: 1, role: null })).toBe(false);
  });
});

describe('mayDeploy', () => {
  const protection = (...levels: AccessLevel[]): ProtectedEnvironment => ({
    id: 1,
    scope: { kind: 'repo', repoId: 1 },
    name: 'production',
    deployRules: levels.map((accessLevel, id) => ({ id, ...level(accessLevel), groupInheritanceType: 0 })),
    approvalRules: [],
  });

  it('asks one rule of every protection', () => {
    const developer = { userId: 1, role: 'developer' } as const;
    expect(mayDeploy([], developer)).toBe(true);
    expect(mayDeploy([protection(40, 30)], developer)).toBe(true);
    expect(mayDeploy([protection(30), protection(40)], developer)).toBe(false);
  });
});
