import type { FastifyRequest } from 'fastify';
import { authenticate, type Principal } from '../../access/index.ts';
import { type Answer, credentialAnswer, unauthorized } from './answer.ts';
import type { GitlabDeps } from './deps.ts';
import type { RawParameters } from './raw-parameters.ts';

/** Parameters that carry a secret: they are never repeated in an answer. */
export const secretParameters: ReadonlySet<string> = new Set(['private_token', 'access_token', 'job_token', 'token']);

export type Admission =
  | { readonly kind: 'known'; readonly principal: Principal }
  | { readonly kind: 'refused'; readonly answer: Answer };

/** Who is calling, by a Polder token. The API secret is good for nothing here. */
export async function admit(
  deps: Pick<GitlabDeps, 'db' | 'now'>,
  request: FastifyRequest,
  raw: RawParameters,
): Promise<Admission> {
  const secret = shownSecret(request, raw);
  if (secret === undefined) return { kind: 'refused', answer: unauthorized };
  const authentication = await authenticate(deps.db, secret, deps.now());
  switch (authentication.kind) {
    case 'known':
      return { kind: 'known', principal: authentication.principal };
    case 'unknown':
      return { kind: 'refused', answer: unauthorized };
    case 'expired':
      return invalidToken('Token is expired. You can either do re-authorization or token refresh.');
    case 'revoked':
      return invalidToken('Token was revoked. You have to re-authorize from the user.');
  }
}

/** The answer to a token whose scope reads only. */
export const insufficientScope = credentialAnswer(403, {
  error: 'insufficient_scope',
  error_description: 'The request requires higher privileges than provided by the access token.',
  scope: 'api read_api',
});

/** https://docs.gitlab.com/api/rest/authentication/ lists the ways. */
function shownSecret(request: FastifyRequest, raw: RawParameters): string | undefined {
  const header = request.headers['private-token'];
  const bearer = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const parameter = raw.private_token ?? raw.access_token;
  if (typeof header === 'string') return header;
  return bearer ?? (typeof parameter === 'string' ? parameter : undefined);
}

function invalidToken(description: string): Admission {
  const answer = credentialAnswer(401, { error: 'invalid_token', error_description: description });
  return { kind: 'refused', answer };
}
