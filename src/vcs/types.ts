/** The hosts that `Type` of the API may name, in the peer's spelling, and `Local`. */
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
  /** Handed to git for this one fetch, in memory only. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
};

/** A repo as its host knows it. */
export type HostRepo = {
  /** The full name in the host's own spelling, such as `owner/name` or `group/sub/name`. */
  readonly fullName: string;
  readonly source: CloneSource;
  /** The page of the repo for people; null where there is none. */
  readonly webUrl: string | null;
};

/** A pull or merge request, as far as a run needs it. */
export type Pull = {
  readonly number: number;
  readonly url: string;
  readonly author: string;
  readonly headBranch: string;
  readonly headSha: string;
  readonly baseBranch: string;
  readonly open: boolean;
};

/** What differs between hosts in ways the domain must know; the caller asks before it relies on one. */
export type HostCapabilities = {
  /** Pull requests exist, so that `getPull` can find one. */
  readonly pulls: boolean;
};

/**
 * A place with repos and pull requests. Every function takes and returns our own types, may be called at any time and
 * by several runs at once, and throws only when the host cannot be asked: what does not exist is an answer.
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
  /** The pull request, or undefined. */
  getPull(fullName: string, number: number): Promise<Pull | undefined>;
};
