import type { HostCapabilities } from './capabilities.ts';
import type { DiagnosisOrder, Finding } from './diagnosis.ts';
import type { PullHost } from './pull-host.ts';
import type { Webhooks } from './webhooks.ts';

/** The hosts that `Type` of the API may name, in Atlantis' spelling, and `Local`. */
export const hostTypes = [
  'Github',
  'Gitlab',
  'Gitea',
  'BitbucketCloud',
  'BitbucketServer',
  'AzureDevops',
  'Local',
] as const;
export type HostType = (typeof hostTypes)[number];

/** Where git fetches a repo from. The URL never holds a credential; git is given one through its environment. */
export type CloneSource = {
  /** A path on disk, or an `https://` URL. */
  readonly url: string;
  /** Handed to git for this one fetch, in memory only. Those of an app expire: ask anew for each fetch. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
};

/** Where git logs in, and as whom, whatever repo of a host it reads. */
export type GitAccess = {
  /** What the addresses of its repos begin with, such as `https://gitlab.example.com/gitlab`; without a slash at its end. */
  readonly url: string;
  /** Those of an app expire, not before some minutes: ask anew for each use. */
  readonly credentials: NonNullable<CloneSource['credentials']>;
};

/** A repo as its host knows it. */
export type HostRepo = {
  /** The full name in the host's own spelling, such as `owner/name` or `group/sub/name`. */
  readonly fullName: string;
  readonly source: CloneSource;
  /** The page of the repo for people; null where there is none. */
  readonly webUrl: string | null;
};

/**
 * A place with repos, and mostly with pull requests. Every function takes and returns our own types, may be called at
 * any time and by several runs at once. What does not exist is an answer. It throws `host_unavailable` when the host
 * cannot be asked now (it is down, or the rate limit is used up for longer than we wait) and `host_refused` when it
 * says no to what should work (a credential that is wrong or may not do this); nothing else.
 */
export type VcsHost = {
  readonly type: HostType;
  /** The first part of a repo's identity, such as `github.com` or `local`. */
  readonly hostname: string;
  readonly capabilities: HostCapabilities;
  /**
   * The repo of that full name, or undefined when there is none (or none that we may see). Any text may be asked for.
   * Where the host takes other spellings, the answer has its own.
   */
  findRepo(fullName: string): Promise<HostRepo | undefined>;
  /** There where git has to log in. */
  gitAccess?(): Promise<GitAccess>;
  /** There exactly when `capabilities.pulls` is true. */
  readonly pulls?: PullHost;
  /** There when the host sends webhooks. */
  readonly webhooks?: Webhooks;
  /**
   * Asks the host whether all is as it has to be, and changes nothing: connection, credentials, what they may do, and the
   * webhook. What goes wrong is a finding. There where there is something to ask.
   */
  diagnose?(order: DiagnosisOrder): Promise<readonly Finding[]>;
};
