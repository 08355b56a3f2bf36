import type { Pull } from './pull-host.ts';

/** Headers of a request, with names in lower case, as Node's HTTP server gives them. */
export type DeliveryHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

type OfDelivery = {
  /** The host's id of the delivery, the same when it is sent again; null where the host gives none. */
  readonly deliveryId: string | null;
  /**
   * Of what the host has signed, where that says enough: another delivery with the same one tells of the same, whatever
   * its id.
   */
  readonly bodyDigest?: string;
  /** The repo of the base branch, in the host's spelling. */
  readonly repoFullName: string;
  /** The login of whoever caused the event. */
  readonly sender: string;
};

/** A comment as it was when it was written; edited and deleted comments make no event. */
export type EventComment = {
  /** As `PullHost` takes it. */
  readonly id: string;
  /** Untrimmed. */
  readonly body: string;
  readonly author: string;
  /** Written through an app or by a bot account, perhaps by ourselves. */
  readonly byBot: boolean;
};

/**
 * What happened on a host, as far as we act on it. Drafts are told like others (`pull.draft`), and so are pull requests
 * of forks (`pull.headRepo`): whether they count is the server's option, and not known here.
 */
export type VcsEvent = OfDelivery &
  (
    | { readonly kind: 'pull_opened'; readonly pull: Pull }
    | { readonly kind: 'pull_updated'; readonly pull: Pull }
    /** Merged or not. All that is certain is the number: a fork may have been deleted before. */
    | { readonly kind: 'pull_closed'; readonly pullNumber: number; readonly merged: boolean }
    | { readonly kind: 'comment'; readonly pullNumber: number; readonly comment: EventComment }
  );

/** Texts are bodies of replies, without the newline that ends each. */
export type DeliveryReading =
  | { readonly kind: 'event'; readonly event: VcsEvent }
  /** Genuine, and nothing to do: answered 200 with `reply`. `reason` is for the log. */
  | { readonly kind: 'ignored'; readonly reason: string; readonly reply: string }
  /** Genuine, of a pull request, and nothing to do. The reply depends on the repo, which is null where it is not told. */
  | { readonly kind: 'idle'; readonly reason: string; readonly repoFullName: string | null }
  /** Not genuine, or not readable. */
  | { readonly kind: 'refused'; readonly status: 400 | 401; readonly text: string };

/** Reading what a host sends. Pure: nothing is asked, nothing is kept. */
export type Webhooks = {
  /** Whether the host that sends such headers is of this type. No two types recognise the same headers. */
  recognises(headers: DeliveryHeaders): boolean;
  /** What a delivery is answered of a repo that the allow-list does not admit: Gitea is told only in the text, as by Atlantis. */
  readonly statusWhenNotAllowed: 200 | 403;
  /** Checks that the delivery is genuine, in constant time, before it looks inside. Never throws. */
  readEvent(rawBody: Buffer, headers: DeliveryHeaders): DeliveryReading;
};
