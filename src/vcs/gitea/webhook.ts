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
import { changesSchema, closedEventSchema, commentEventSchema, pullEventSchema } from './schemas.ts';
import { isSigned } from './signature.ts';
import { isDraftTitle, toPull } from './to-pull.ts';

const actionSchema = z.object({
  action: z.string(),
  repository: z.object({ full_name: z.string() }).optional().catch(undefined),
});

/** Forgejo sends Gitea's headers beside its own. */
export function isGiteaDelivery(headers: DeliveryHeaders): boolean {
  return headerOf(headers, 'x-gitea-event') !== undefined;
}

/**
 * Reads a delivery. With a secret it must be signed; without one every delivery is believed.
 * https://docs.gitea.com/usage/webhooks
 */
export function readDelivery(rawBody: Buffer, headers: DeliveryHeaders, secret: string | null): DeliveryReading {
  // Its signature is of what is inside the form: said at once, since it would look like a wrong one.
  if (/^application\/x-www-form-urlencoded/i.test(headerOf(headers, 'content-type') ?? '')) {
    return refused(
      'webhook request has unsupported Content-Type: choose application/json in the settings of the webhook',
    );
  }
  if (secret !== null && !isSigned(rawBody, secret, headerOf(headers, 'x-gitea-signature') ?? '')) {
    return refused('request did not pass validation: invalid signature');
  }
  const id = headerOf(headers, 'x-gitea-delivery') ?? null;
  const suffix = `X-Gitea-Delivery=${id ?? ''}`;
  const type = headerOf(headers, 'x-gitea-event-type') ?? '';
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (!read) return ignored('no event that we act on', `Ignoring unsupported Gitea event type: ${type} ${suffix}`);
  const payload = parseJson(rawBody.toString('utf8'));
  if (payload === undefined) return refused(`Error parsing pull data: the body is not JSON ${suffix}`);
  return read({ id, suffix, payload, digest: secret === null ? undefined : bodyDigest(rawBody, payload) });
}

type Delivery = {
  readonly id: string | null;
  readonly suffix: string;
  readonly payload: unknown;
  readonly digest: string | undefined;
};

/** By the exact type of the event; `X-Gitea-Event` has one name for several. */
const readers: Readonly<Record<string, (delivery: Delivery) => DeliveryReading>> = {
  pull_request: readPullEvent,
  pull_request_sync: readPullEvent,
  pull_request_comment: readCommentEvent,
};

function readPullEvent(delivery: Delivery): DeliveryReading {
  const named = actionSchema.safeParse(delivery.payload);
  if (!named.success) return unreadable(delivery, named.error);
  const { action, repository } = named.data;
  switch (action) {
    case 'opened':
    case 'reopened':
      return readOpen(delivery, 'pull_opened');
    case 'synchronized':
      return readOpen(delivery, 'pull_updated');
    case 'edited':
      return readEdited(delivery, repository?.full_name);
    case 'closed':
    case 'deleted':
      return readClosed(delivery);
    default:
      return idle(`action ${action} of a pull request`, repository?.full_name);
  }
}

function readOpen(delivery: Delivery, kind: 'pull_opened' | 'pull_updated'): DeliveryReading {
  const parsed = pullEventSchema.safeParse(delivery.payload);
  if (!parsed.success) return unreadable(delivery, parsed.error);
  const { pull_request: pull, ...rest } = parsed.data;
  return event({ kind, pull: toPull(pull), ...ofDelivery(delivery, rest) });
}

/** Another base branch changes what a plan is about, and a draft becomes ready by a change of its title. */
function readEdited(delivery: Delivery, repoFullName: string | undefined): DeliveryReading {
  const parsed = changesSchema.safeParse(delivery.payload);
  if (!parsed.success) return unreadable(delivery, parsed.error);
  const { ref, title } = parsed.data.changes ?? {};
  const opened = readOpen(delivery, ref ? 'pull_updated' : 'pull_opened');
  const isReady = title && isDraftTitle(title.from) && isEventOfReady(opened);
  return ref || isReady ? opened : idle('an edited text of a pull request', repoFullName);
}

function isEventOfReady(reading: DeliveryReading): boolean {
  return reading.kind === 'event' && reading.event.kind === 'pull_opened' && !reading.event.pull.draft;
}

function readClosed(delivery: Delivery): DeliveryReading {
  const parsed = closedEventSchema.safeParse(delivery.payload);
  if (!parsed.success) return unreadable(delivery, parsed.error);
  const { pull_request: pull, ...rest } = parsed.data;
  const merged = pull.merged === true;
  return event({ kind: 'pull_closed', pullNumber: pull.number, merged, ...ofDelivery(delivery, rest) });
}

function readCommentEvent(delivery: Delivery): DeliveryReading {
  const named = actionSchema.safeParse(delivery.payload);
  if (!named.success) return unreadable(delivery, named.error);
  if (named.data.action !== 'created') {
    const reply = `Ignoring comment event since action was not created ${delivery.suffix}`;
    return ignored(`a comment that was ${named.data.action}`, reply);
  }
  const parsed = commentEventSchema.safeParse(delivery.payload);
  if (!parsed.success) return unreadable(delivery, parsed.error);
  const { issue, comment, is_pull: isPull, ...rest } = parsed.data;
  if (isPull === false) {
    const reply = `Ignoring comment event since it is not on a pull request ${delivery.suffix}`;
    return ignored('a comment on an issue', reply);
  }
  const { id, body, user } = comment;
  return event({
    kind: 'comment',
    pullNumber: issue.number,
    // Gitea's own users, such as that of its Actions, have ids below zero.
    comment: { id: String(id), body, author: user.login, byBot: (user.id ?? 0) < 0 },
    ...ofDelivery(delivery, rest),
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

function unreadable({ suffix }: Delivery, error: z.ZodError): DeliveryReading {
  return refused(`Error parsing pull data: ${problemOf(error)} ${suffix}`);
}
