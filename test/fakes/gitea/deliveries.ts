import { createHmac, randomUUID } from 'node:crypto';
import type { Delivery } from '../host-server.ts';
import type { Flavour } from './description.ts';

type Sending = {
  readonly flavour: Flavour;
  /** Without one, the signatures are there and empty. */
  readonly secret: string | undefined;
  /** The general name of the event, such as `pull_request`, and the exact one, such as `pull_request_sync`. */
  readonly event: string;
  readonly type: string;
};

/** A delivery with all the headers that it has: Gitea's, Gogs' and GitHub's, and Forgejo's own from Forgejo. */
export function deliver(payload: object, { flavour, secret, event, type }: Sending): Delivery {
  const body = JSON.stringify(payload, null, 2);
  const sign = (digest: string) => (secret === undefined ? '' : createHmac(digest, secret).update(body).digest('hex'));
  const families = ['gitea', 'gogs', 'github', ...(flavour === 'forgejo' ? ['forgejo'] : [])];
  const id = randomUUID();
  const ofFamily = (family: string) => ({
    [`x-${family}-delivery`]: id,
    [`x-${family}-event`]: event,
    [`x-${family}-event-type`]: type,
    ...(family === 'github' ? {} : { [`x-${family}-signature`]: sign('sha256') }),
  });
  const headers = {
    'content-type': 'application/json',
    ...Object.assign({}, ...families.map(ofFamily)),
    'x-hub-signature': `sha1=${sign('sha1')}`,
    'x-hub-signature-256': `sha256=${sign('sha256')}`,
  };
  return { headers, body };
}

/** The exact type of a pull request's event, by its action. */
export function typeOfAction(action: string): string {
  if (action === 'synchronized') return 'pull_request_sync';
  if (action.startsWith('label_')) return 'pull_request_label';
  if (action.endsWith('assigned')) return 'pull_request_assign';
  if (action.endsWith('milestoned')) return 'pull_request_milestone';
  return action.startsWith('review_request') ? 'pull_request_review_request' : 'pull_request';
}
