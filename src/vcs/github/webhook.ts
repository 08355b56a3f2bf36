import { z } from 'zod';
import { parseJson } from '../../lib/parse-json.ts';
import {
  bodyDigest,
  type DeliveryHeaders,
  type DeliveryReading,
  headerOf,
  idle,
  ignored,
  problemOf,
  refused,
  type VcsEvent,
} from '../index.ts';
import { closedEventSchema, commentEventSchema, pullEventSchema } from './schemas.ts';
import { isSigned } from './signature.ts';
import { toPull } from './to-pull.ts';

const actionSchema = z.object({
  action: z.string(),
  repository: z.object({ full_name: z.string() }).optional().catch(undefined),
});

/** Gitea and Forgejo send GitHub's headers beside their own. */
export function isGithubDelivery(headers: DeliveryHeaders): boolean {
  return headerOf(headers, 'x-github-event') !== undefined && headerOf(headers, 'x-gitea-event') === undefined;
}

/**
 * Reads a delivery. With a secret it must be signed; without one every delivery is believed.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
export function readDelivery(rawBody: Buffer, headers: DeliveryHeaders, secret: string | null): DeliveryReading {
  const problem = secret === null ? undefined : signatureProblem(rawBody, headers, secret);
  if (problem !== undefined) return refused(problem);
  const deliveryId = headerOf(headers, 'x-github-delivery') ?? null;
  const suffix = `X-Github-Delivery=${deliveryId ?? ''}`;
  const json = jsonOf(rawBody, headers, secret === null);
  if (json.kind === 'refused') return json;
  if (json.payload === undefined) return ignored('the body is not JSON', `Ignoring unsupported event ${suffix}`);
  const { payload } = json;
  const digest = secret === null ? undefined : bodyDigest(rawBody, payload);
  const delivery: Delivery = { id: deliveryId, suffix, payload, digest };
  switch (headerOf(headers, 'x-github-event')) {
    case 'pull_request':
      return readPullEvent(delivery);
    case 'issue_comment':
      return readCommentEvent(delivery);
    default:
      return ignored('no event that we act on', `Ignoring unsupported event ${delivery.suffix}`);
  }
}

function signatureProblem(rawBody: Buffer, headers: DeliveryHeaders, secret: string): string | undefined {
  const signature = headerOf(headers, 'x-hub-signature-256') ?? headerOf(headers, 'x-hub-signature');
  if (signature === undefined) return 'missing signature';
  return isSigned(rawBody, secret, signature) ? undefined : 'payload signature check failed';
}

type Delivery = {
  readonly id: string | null;
  readonly suffix: string;
  readonly payload: unknown;
  readonly digest: string | undefined;
};
/** What is not JSON is undefined. */
type Json = { readonly kind: 'json'; readonly payload: unknown } | Extract<DeliveryReading, { kind: 'refused' }>;

/** An unsigned delivery must say its type exactly, without parameters. */
function jsonOf(rawBody: Buffer, headers: DeliveryHeaders, exact: boolean): Json {
  const contentType = headerOf(headers, 'content-type') ?? '';
  const type = exact ? contentType : (contentType.split(';')[0] ?? '').trim().toLowerCase();
  switch (type) {
    case 'application/json':
      return jsonIn(rawBody.toString('utf8'));
    case 'application/x-www-form-urlencoded': {
      const payload = new URLSearchParams(rawBody.toString('utf8')).get('payload');
      if (!payload) return refused("webhook request did not contain expected 'payload' form value");
      return jsonIn(payload);
    }
    default:
      return refused(`webhook request has unsupported Content-Type ${JSON.stringify(contentType)}`);
  }
}

function jsonIn(text: string): Json {
  return { kind: 'json', payload: parseJson(text) };
}

type Action = { readonly kind: 'pull_opened' | 'pull_updated' | 'pull_closed' } | undefined;

const actions: Readonly<Record<string, Action>> = {
  opened: { kind: 'pull_opened' },
  ready_for_review: { kind: 'pull_opened' },
  synchronize: { kind: 'pull_updated' },
  closed: { kind: 'pull_closed' },
};

function readPullEvent(delivery: Delivery): DeliveryReading {
  const named = actionSchema.safeParse(delivery.payload);
  if (!named.success) return unreadable(named.error);
  const action = Object.hasOwn(actions, named.data.action) ? actions[named.data.action] : undefined;
  if (!action) return idle(`action ${named.data.action} of a pull request`, named.data.repository?.full_name);
  if (action.kind === 'pull_closed') return readClosed(delivery);
  const parsed = pullEventSchema.safeParse(delivery.payload);
  if (!parsed.success) return unreadable(parsed.error);
  const { pull_request: pull, ...rest } = parsed.data;
  return event({ kind: action.kind, pull: toPull(pull), ...ofDelivery(delivery, rest) });
}

function readClosed(delivery: Delivery): DeliveryReading {
  const parsed = closedEventSchema.safeParse(delivery.payload);
  if (!parsed.success) return unreadable(parsed.error);
  const { pull_request: pull, ...rest } = parsed.data;
  const merged = pull.merged === true;
  return event({ kind: 'pull_closed', pullNumber: pull.number, merged, ...ofDelivery(delivery, rest) });
}

function readCommentEvent(delivery: Delivery): DeliveryReading {
  const named = actionSchema.safeParse(delivery.payload);
  if (!named.success) return unreadable(named.error);
  if (named.data.action !== 'created') {
    const reply = `Ignoring comment event since action was not created ${delivery.suffix}`;
    return ignored(`a comment that was ${named.data.action}`, reply);
  }
  const parsed = commentEventSchema.safeParse(delivery.payload);
  if (!parsed.success) return unreadable(parsed.error);
  const { issue, comment, repository } = parsed.data;
  // Comments on issues and on pull requests are one event; GitHub sends the first for the latter alone.
  if (!issue.pull_request && /\/issues\/\d+$/.test(issue.html_url ?? '')) {
    const reply = `Ignoring comment event since it is not on a pull request ${delivery.suffix}`;
    return ignored('a comment on an issue', reply);
  }
  const { user } = comment;
  return event({
    kind: 'comment',
    pullNumber: issue.number,
    comment: {
      id: String(comment.id ?? ''),
      body: comment.body,
      author: user.login,
      byBot: user.type === 'Bot' || Boolean(comment.performed_via_github_app),
    },
    ...ofDelivery(delivery, { sender: user, repository }),
  });
}

type Sent = { readonly sender: { readonly login: string }; readonly repository: { readonly full_name: string } };

function ofDelivery({ id, digest }: Delivery, { sender, repository }: Sent) {
  const signed = digest === undefined ? {} : { bodyDigest: digest };
  return { deliveryId: id, ...signed, repoFullName: repository.full_name, sender: sender.login };
}

function event(read: VcsEvent): DeliveryReading {
  return { kind: 'event', event: read };
}

function unreadable(error: z.ZodError): DeliveryReading {
  return refused(`parsing pull data: ${problemOf(error)}`);
}
