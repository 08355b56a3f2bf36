import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { parseJson } from '../../lib/parse-json.ts';
import {
  type DeliveryHeaders,
  type DeliveryReading,
  headerOf,
  idle,
  ignored,
  problemOf,
  refused,
  type VcsEvent,
} from '../index.ts';
import {
  closedEventSchema,
  noteEventSchema,
  noteKindSchema,
  requestActionSchema,
  requestEventSchema,
} from './schemas.ts';
import { type GitlabSite, isPageOf } from './site.ts';
import { pullOfEvent } from './to-pull.ts';
import { isSecret } from './token.ts';

export type WebhookOptions = {
  readonly site: GitlabSite;
  /** null: every delivery is believed. */
  readonly webhookSecret: string | null;
};

export function isGitlabDelivery(headers: DeliveryHeaders): boolean {
  return headerOf(headers, 'x-gitlab-event') !== undefined;
}

/**
 * Reads a delivery. With a secret it must carry it; without one every delivery is believed.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/
 */
export function readDelivery(rawBody: Buffer, headers: DeliveryHeaders, options: WebhookOptions): DeliveryReading {
  const { site, webhookSecret } = options;
  if (webhookSecret !== null && !isSecret(headerOf(headers, 'x-gitlab-token') ?? '', webhookSecret)) {
    return refused('header X-Gitlab-Token did not match expected secret');
  }
  const event = headerOf(headers, 'x-gitlab-event');
  if (event !== 'Merge Request Hook' && event !== 'Note Hook') return unsupported(`event ${event}`);
  const payload = parseJson(rawBody.toString('utf8'));
  if (payload === undefined) return refused('Error parsing webhook: the body is not JSON');
  const delivery = { id: deliveryId(rawBody, headers), payload, site };
  return event === 'Note Hook' ? readNote(delivery) : readRequest(delivery);
}

type Delivery = { readonly id: string | null; readonly payload: unknown; readonly site: GitlabSite };

/**
 * `Idempotency-Key` (GitLab 17.4) stays the same when a delivery is sent again. The older id of an event is shared by
 * what follows from it, so that the body must tell them apart.
 * https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers
 */
function deliveryId(rawBody: Buffer, headers: DeliveryHeaders): string | null {
  const key = headerOf(headers, 'idempotency-key');
  const event = headerOf(headers, 'x-gitlab-event-uuid');
  if (key !== undefined || event === undefined) return key ?? null;
  return `${event}-${createHash('sha256').update(rawBody).digest('hex').slice(0, 16)}`;
}

function readRequest(delivery: Delivery): DeliveryReading {
  const parsed = requestActionSchema.safeParse(delivery.payload);
  if (!parsed.success) return unreadable(parsed.error);
  const { action } = parsed.data.object_attributes;
  if (action === 'close' || action === 'merge') return readClosed(delivery, action === 'merge');
  if (action === 'open') return readPull(delivery, 'pull_opened');
  if (action === 'update' && isChange(parsed.data)) return readPull(delivery, 'pull_updated');
  return idle(`action ${action} of a merge request`, parsed.data.project?.path_with_namespace);
}

/** A push, or the end of being a draft; labels, assignees, the target branch and the like start nothing. */
function isChange({ object_attributes: { oldrev }, changes }: z.infer<typeof requestActionSchema>): boolean {
  if (oldrev) return true;
  const { draft, title } = changes ?? {};
  const isMadeReady = draft?.previous === true && draft.current === false;
  return isMadeReady || (isDraftTitle(title?.previous) && !isDraftTitle(title?.current));
}

/** https://docs.gitlab.com/user/project/merge_requests/drafts/#mark-merge-requests-as-drafts */
function isDraftTitle(title: string | null | undefined): boolean {
  return /^\s*(\[draft\]|\(draft\)|draft:|draft -|\[wip\]|wip:)/i.test(title ?? '');
}

function readPull(delivery: Delivery, kind: 'pull_opened' | 'pull_updated'): DeliveryReading {
  const parsed = requestEventSchema.safeParse(delivery.payload);
  if (!parsed.success) return unreadable(parsed.error);
  return event(delivery, parsed.data, { kind, pull: pullOfEvent(parsed.data) });
}

function readClosed(delivery: Delivery, merged: boolean): DeliveryReading {
  const parsed = closedEventSchema.safeParse(delivery.payload);
  if (!parsed.success) return unreadable(parsed.error);
  return event(delivery, parsed.data, { kind: 'pull_closed', pullNumber: parsed.data.object_attributes.iid, merged });
}

function readNote(delivery: Delivery): DeliveryReading {
  const kind = noteKindSchema.safeParse(delivery.payload);
  if (!kind.success) return unreadable(kind.error);
  const { noteable_type: on, system } = kind.data.object_attributes;
  if (on === 'Commit') return ignored('a comment on a commit', 'Ignoring comment on commit event');
  if (on !== 'MergeRequest') return unsupported(`a comment on ${on}`);
  if (system === true) return unsupported('a comment that GitLab wrote');
  if (!isNew(kind.data.object_attributes)) {
    return ignored('a comment that was edited', 'Ignoring comment event since action was not created');
  }
  const parsed = noteEventSchema.safeParse(delivery.payload);
  if (!parsed.success) return unreadable(parsed.error);
  const { user, object_attributes: note, merge_request: request } = parsed.data;
  const author = user.username;
  const comment = { id: String(note.id), body: note.note, author, byBot: isBot(author) };
  return event(delivery, parsed.data, { kind: 'comment', pullNumber: request.iid, comment });
}

/** Before GitLab 16.11 the times tell whether a comment was edited. */
function isNew(note: z.infer<typeof noteKindSchema>['object_attributes']): boolean {
  return note.action ? note.action === 'create' : note.created_at === note.updated_at;
}

/** https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects, and of groups. */
function isBot(username: string): boolean {
  return /^(project|group)_\d+_bot(_|\d*$)/.test(username);
}

type Sent = {
  readonly user: { readonly username: string };
  readonly project: { readonly path_with_namespace: string; readonly web_url: string };
};
type Happened<E = VcsEvent> = E extends unknown ? Omit<E, 'deliveryId' | 'repoFullName' | 'sender'> : never;

/** Another GitLab that was given the same secret must not speak for a repo of this one that has the same name. */
function event({ id, site }: Delivery, { user, project }: Sent, happened: Happened): DeliveryReading {
  const { path_with_namespace: repoFullName, web_url: page } = project;
  if (!isPageOf(site, repoFullName, page)) {
    const expected = `${site.origin}${site.path}/${repoFullName}`;
    return refused(`Error parsing webhook: project.web_url: expected ${expected}, got ${JSON.stringify(page)}`);
  }
  return { kind: 'event', event: { ...happened, deliveryId: id, repoFullName, sender: user.username } };
}

function unsupported(reason: string): DeliveryReading {
  return ignored(reason, 'Ignoring unsupported event');
}

function unreadable(error: z.ZodError): DeliveryReading {
  return refused(`Error parsing webhook: ${problemOf(error)}`);
}
