import { describe, expect, it } from 'vitest';
import { type Ability, can, judge } from './abilities.ts';
import { type Principal, type Role, roles } from './types.ts';

const privateRepo = { id: 1, visibility: 'private' } as const;
const publicRepo = { id: 2, visibility: 'public' } as const;

function principal(role: Role, rest: Partial<Principal> = {}): Principal {
  return { actor: { id: 1, kind: 'token', login: 'ci' }, role, scope: 'api', repoId: null, ...rest };
}

describe('can', () => {
  it.each<[Ability, Role]>([
    ['self:read', 'guest'],
    ['repos:read', 'guest'],
    ['runs:read', 'reporter'],
    ['runs:plan', 'developer'],
    ['runs:apply', 'maintainer'],
    ['pulls:write', 'developer'],
    ['pulls:merge', 'maintainer'],
    ['locks:write', 'maintainer'],
    ['environments:read', 'reporter'],
    ['agents:read', 'developer'],
    ['environments:write', 'developer'],
    ['environments:stop-stale', 'maintainer'],
    ['deployments:read', 'reporter'],
    ['deployments:write', 'developer'],
    ['deployments:delete', 'maintainer'],
    ['deployments:approve', 'reporter'],
    ['protection:read', 'maintainer'],
    ['protection:write', 'maintainer'],
    ['freezes:read', 'reporter'],
    ['freezes:write', 'maintainer'],
  ])('gives %s from %s upwards', (ability, weakest) => {
    const having = roles.filter((role) => can(principal(role), ability, privateRepo));
    expect(having).toEqual(roles.slice(roles.indexOf(weakest)));
  });
});

describe('judge', () => {
  it('lets a guest read the environments of a public repo', () => {
    expect(judge(principal('guest'), 'environments:read', publicRepo)).toBe('allowed');
  });

  it('keeps freeze periods of a public repo from guests', () => {
    expect(judge(principal('guest'), 'freezes:read', publicRepo)).toBe('role_too_low');
  });

  it('keeps runs of a public repo from guests, since logs may hold secrets', () => {
    expect(judge(principal('guest'), 'runs:read', publicRepo)).toBe('role_too_low');
  });

  it('hides a private repo from a credential of another repo', () => {
    expect(judge(principal('admin', { repoId: 9 }), 'runs:read', privateRepo)).toBe('hidden');
  });

  it('makes a credential of another repo a guest on a public one', () => {
    expect(judge(principal('admin', { repoId: 9 }), 'runs:apply', publicRepo)).toBe('role_too_low');
  });

  it('allows a bound credential its own repo', () => {
    expect(judge(principal('maintainer', { repoId: 1 }), 'runs:apply', privateRepo)).toBe('allowed');
  });

  it('lets the scope read_api read', () => {
    expect(judge(principal('owner', { scope: 'read_api' }), 'runs:read', privateRepo)).toBe('allowed');
  });

  it('lets the scope read_api write nothing, whatever the role', () => {
    expect(judge(principal('admin', { scope: 'read_api' }), 'runs:plan', privateRepo)).toBe('scope_too_small');
  });
});
