import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type Ability,
  apiSecretPrincipal,
  authenticate,
  type GuardedRepo,
  judge,
  type Principal,
  secretMatches,
  type Verdict,
} from '../access/index.ts';
import type { HttpDeps } from './deps.ts';

type Deps = Pick<HttpDeps, 'db' | 'now' | 'settings'>;

type Identity =
  | { readonly kind: 'known'; readonly principal: Principal }
  | { readonly kind: 'unknown'; readonly reason: string }
  /** No API secret is set, and no token was shown. */
  | { readonly kind: 'disabled' };

/** The abilities that routes under `/api/` ask for, in the words of their refusals. */
const activities = {
  'runs:read': 'reading runs and logs',
  'runs:plan': 'planning',
  'runs:apply': 'applying',
  'pulls:write': 'opening, commenting on and closing pull requests',
  'pulls:merge': 'approving and merging pull requests',
  'locks:write': 'taking and releasing locks',
} as const satisfies Partial<Record<Ability, string>>;

export type ApiAbility = keyof typeof activities;

/** The request decorator that holds who is calling. */
export const callerKey = 'polderCaller';

/**
 * An onRequest hook, so that it comes before the body is read: lets in who has shown the API secret or a Polder token
 * that is good for the ability on some repo. A route that touches a repo goes on to ask `refusalFor`.
 */
export function requireAbility(deps: Deps, rule: { ability: ApiAbility; statusWhenDisabled: 400 | 401 | 503 }) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const identity = await identify(deps, request);
    if (identity.kind === 'disabled') {
      return reply.code(rule.statusWhenDisabled).send({ error: 'ignoring request since API is disabled' });
    }
    if (identity.kind === 'unknown') return reply.code(401).send({ error: identity.reason });
    const refusal = refusalFor(identity.principal, rule.ability, null);
    if (refusal !== undefined) return reply.code(403).send({ error: refusal });
    request.setDecorator(callerKey, identity.principal);
    return undefined;
  };
}

/** Who `requireAbility` let in. */
export function callerOf(request: FastifyRequest): Principal {
  return request.getDecorator<Principal>(callerKey);
}

/** Why the principal may not do this to the repo (to the server, for null), as a sentence; undefined when it may. */
export function refusalFor(principal: Principal, ability: ApiAbility, repo: GuardedRepo | null): string | undefined {
  const sentences: Record<Verdict, string | undefined> = {
    allowed: undefined,
    hidden: 'the token is for another repository',
    scope_too_small: 'the token may only read: its scope is read_api',
    role_too_low: `the token's role (${principal.role}) does not allow ${activities[ability]}`,
  };
  return sentences[judge(principal, ability, repo)];
}

async function identify(deps: Deps, request: FastifyRequest): Promise<Identity> {
  const { db, now, settings } = deps;
  const header = request.headers['x-atlantis-token'];
  const shown = typeof header === 'string' ? header : '';
  if (secretMatches(shown, settings.apiSecret)) {
    return { kind: 'known', principal: await apiSecretPrincipal(db, now()) };
  }
  const token = polderToken(request);
  if (token === undefined) {
    if (settings.apiSecret === '') return { kind: 'disabled' };
    return { kind: 'unknown', reason: 'header X-Atlantis-Token did not match expected secret' };
  }
  const authentication = await authenticate(db, token, now());
  if (authentication.kind !== 'known') return { kind: 'unknown', reason: `the token is ${authentication.kind}` };
  // A job may not start others in the name of whoever started it.
  if (authentication.jobId !== null) return { kind: 'unknown', reason: 'the token of a job opens nothing here' };
  return authentication;
}

/** A Polder token in `PRIVATE-TOKEN` or as a bearer token (RFC 6750). */
function polderToken(request: FastifyRequest): string | undefined {
  const own = request.headers['private-token'];
  if (typeof own === 'string') return own;
  return /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}
