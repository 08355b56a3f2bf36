import { type Principal, type Role, roles } from './types.ts';

type Rule = {
  /** The weakest role that has the ability. */
  readonly role: Role;
  /** Needs the scope `api`. */
  readonly writes?: true;
  /** On a public repo everybody with a valid credential has it. */
  readonly openOnPublic?: true;
  /** Tokens of jobs are good for it. https://docs.gitlab.com/ci/jobs/ci_job_token/ */
  readonly forJobs?: true;
};

/** Who may do what. Roles of the environment abilities: https://docs.gitlab.com/user/permissions/ */
const rules = {
  /** Ask the server about itself and about oneself. */
  'self:read': { role: 'guest' },
  'repos:read': { role: 'guest', openOnPublic: true },
  'runs:read': { role: 'reporter' },
  'runs:plan': { role: 'developer', writes: true },
  'runs:apply': { role: 'maintainer', writes: true },
  /** Open, comment on and close local pull requests. */
  'pulls:write': { role: 'developer', writes: true },
  /** Approve and merge them. */
  'pulls:merge': { role: 'maintainer', writes: true },
  /** Take and release project locks and the global apply lock. */
  'locks:write': { role: 'maintainer', writes: true },
  'environments:read': { role: 'reporter', openOnPublic: true, forJobs: true },
  /** See the cluster agent of an environment. */
  'agents:read': { role: 'developer' },
  'agents:write': { role: 'maintainer', writes: true },
  'environments:write': { role: 'developer', writes: true, forJobs: true },
  'environments:stop-stale': { role: 'maintainer', writes: true, forJobs: true },
  'deployments:read': { role: 'reporter', openOnPublic: true, forJobs: true },
  'deployments:write': { role: 'developer', writes: true, forJobs: true },
  'deployments:delete': { role: 'maintainer', writes: true, forJobs: true },
  /** Whether somebody is an approver is for the rules of the environment to say. */
  'deployments:approve': { role: 'reporter', writes: true },
  'protection:read': { role: 'maintainer' },
  'protection:write': { role: 'maintainer', writes: true },
  'freezes:read': { role: 'reporter' },
  'freezes:write': { role: 'maintainer', writes: true },
} as const satisfies Record<string, Rule>;

export type Ability = keyof typeof rules;

/** What decides about a repo: its id, and whether strangers may see it. */
export type GuardedRepo = { readonly id: number; readonly visibility: 'private' | 'public' };

/** Why somebody may not: to them the repo does not exist, their credential reads only, or their role is too low. */
export type Verdict = 'allowed' | 'hidden' | 'scope_too_small' | 'role_too_low';

/**
 * Whether a principal may do something to a repo, or to the server as a whole when `repo` is null. A credential that
 * is bound to another repo makes its holder a stranger: a private repo is hidden from strangers, and on a public one
 * they are guests.
 */
export function judge(principal: Principal, ability: Ability, repo: GuardedRepo | null): Verdict {
  const rule: Rule = rules[ability];
  if (repo && !canSee(principal, repo)) return 'hidden';
  if (!scopeAllows(principal, ability)) return 'scope_too_small';
  if (rule.openOnPublic && repo?.visibility === 'public') return 'allowed';
  const role = repo && isStranger(principal, repo) ? 'guest' : principal.role;
  return roles.indexOf(role) >= roles.indexOf(rule.role) ? 'allowed' : 'role_too_low';
}

/** `judge`, for callers that need no reason. */
export function can(principal: Principal, ability: Ability, repo: GuardedRepo | null): boolean {
  return judge(principal, ability, repo) === 'allowed';
}

/** Whether the token of a job is good for it at all, whatever the rights of whoever started the job. */
export function isForJobs(ability: Ability): boolean {
  const rule: Rule = rules[ability];
  return rule.forJobs === true;
}

/** Whether the credential's scope is wide enough, whatever its role and repo. */
export function scopeAllows(principal: Principal, ability: Ability): boolean {
  const rule: Rule = rules[ability];
  return principal.scope === 'api' || rule.writes !== true;
}

/** Whether the repo exists as far as the principal is concerned. */
export function canSee(principal: Principal, repo: GuardedRepo): boolean {
  return repo.visibility === 'public' || !isStranger(principal, repo);
}

function isStranger(principal: Principal, repo: GuardedRepo): boolean {
  return principal.repoId !== null && principal.repoId !== repo.id;
}
