export {
  type Ability,
  can,
  canSee,
  type GuardedRepo,
  isForJobs,
  judge,
  scopeAllows,
  type Verdict,
} from './abilities.ts';
export { type AllowList, parseAllowList } from './allow-list.ts';
export { type AuditEvent, recordAudit } from './audit.ts';
export { type Authentication, authenticate } from './authenticate.ts';
export { endJobToken, type JobTokenRequest, mintJobToken } from './job-tokens.ts';
export { principalOfUser, roleOfActor } from './role-of-actor.ts';
export { secretMatches } from './secrets.ts';
export { findUser, findUsers, getToken } from './store.ts';
export { parseTeamRules, type TeamRules } from './team-rules.ts';
export {
  type CreateTokenResult,
  createToken,
  listTokens,
  type NewToken,
  type RevokeTokenResult,
  revokeToken,
  type TokenRefusal,
  tokenStatus,
} from './tokens.ts';
export * from './types.ts';
export { apiSecretPrincipal, ensureHostUser, ensureSystemUser, type SystemLogin } from './users.ts';
