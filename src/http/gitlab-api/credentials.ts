import type { FastifyRequest } from 'fastify';
import { authenticate, findUser, type Principal, principalOfUser } from '../../access/index.ts';
import { type Answer, credentialAnswer, messageAnswer, unauthorized } from './answer.ts';
import type { GitlabDeps } from './deps.ts';
import type { RawParameters } from './raw-parameters.ts';

/** Parameters that carry a secret: they are never repeated in an answer. */
export const secretParameters: ReadonlySet<string> = new Set(['private_token', 'access_token', 'job_token', 'token']);

export type Admission =
  | {
      readonly kind: 'known';
      readonly principal: Principal;
      readonly tokenId: number;
      /** It is the token of a job that shows who is calling. */
      readonly byJob: boolean;
    }
  | { readonly kind: 'refused'; readonly answer: Answer };

type Deps = Pick<GitlabDeps, 'db' | 'now'>;

/**
 * Who is calling, by a Polder token or, where `forJobs`, that of a job which runs. The API secret is good for nothing
 * here. An administrator may call as somebody else.
 */
export async function admit(
  deps: Deps,
  request: FastifyRequest,
  { raw, forJobs }: { readonly raw: RawParameters; readonly forJobs: boolean },
): Promise<Admission> {
  const shown = shownSecret(request, raw);
  if (shown === undefined) return { kind: 'refused', answer: unauthorized };
  const authentication = await authenticate(deps.db, shown.secret, deps.now());
  switch (authentication.kind) {
    case 'known': {
      const { principal, jobId, tokenId } = authentication;
      const byJob = jobId !== null;
      if (byJob ? !forJobs : shown.byJob) return { kind: 'refused', answer: unauthorized };
      return actAs(deps, { kind: 'known', principal, tokenId, byJob }, request.headers.sudo ?? raw.sudo);
    }
    case 'unknown':
      return { kind: 'refused', answer: unauthorized };
    case 'expired':
      return invalidToken('Token is expired. You can either do re-authorization or token refresh.');
    case 'revoked':
      return invalidToken('Token was revoked. You have to re-authorize from the user.');
  }
}

/** https://docs.gitlab.com/api/rest/authentication/#sudo */
async function actAs(deps: Deps, caller: Extract<Admission, { kind: 'known' }>, other: unknown): Promise<Admission> {
  const name = typeof other === 'string' || typeof other === 'number' ? String(other) : '';
  if (name === '') return caller;
  if (caller.byJob || caller.principal.role !== 'admin') {
    return { kind: 'refused', answer: messageAnswer(403, '403 Forbidden - Must be admin to use sudo') };
  }
  const user = await findUser(deps.db, name);
  if (!user) {
    const answer = messageAnswer(404, `404 User with ID or username '${name}' Not Found`);
    return { kind: 'refused', answer };
  }
  const principal = await principalOfUser(deps.db, user, deps.now());
  // What the caller's own token is not good for, it is not good for in anybody's name.
  const { scope, repoId } = caller.principal;
  return { ...caller, principal: { ...principal, scope, repoId: repoId ?? principal.repoId } };
}

/** The answer to a token whose scope reads only. */
export const insufficientScope = credentialAnswer(403, {
  error: 'insufficient_scope',
  error_description: 'The request requires higher privileges than provided by the access token.',
  scope: 'api read_api',
});

/**
 * The first credential that there is, in GitLab's order; one that is no good is not made up for by the next.
 * https://docs.gitlab.com/api/rest/authentication/
 */
function shownSecret(
  { headers }: FastifyRequest,
  raw: RawParameters,
): { readonly secret: string; readonly byJob: boolean } | undefined {
  const bearer = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const ofPeople = [headers['private-token'], raw.private_token, bearer, raw.access_token];
  const ofJobs = [headers['job-token'], raw.job_token, raw.token];
  const secret = ofPeople.find(isFilled);
  if (secret !== undefined) return { secret, byJob: false };
  const ofJob = ofJobs.find(isFilled);
  return ofJob === undefined ? undefined : { secret: ofJob, byJob: true };
}

/** A blank one counts as none. */
function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function invalidToken(description: string): Admission {
  const answer = credentialAnswer(401, { error: 'invalid_token', error_description: description });
  return { kind: 'refused', answer };
}
