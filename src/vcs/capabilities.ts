import type { MergeMethod } from './pull-host.ts';

/** What a host makes of the Markdown of comments. */
export type HostMarkdown = {
  /** `<details>` folds. */
  readonly folding: boolean;
  readonly requestName: 'Pull Request' | 'Merge Request';
  /** What stands in front of the number of a pull request. */
  readonly pullSign: '#' | '!';
};

/**
 * What differs between hosts in ways the domain must know. A function of the port that a capability denies may be
 * called all the same: it does nothing, and answers that there is nothing.
 */
export type HostCapabilities = {
  /** Pull requests exist: `VcsHost.pulls` is there. */
  readonly pulls: boolean;
  /** In UTF-16 code units, as `String.length` counts. */
  readonly maxCommentLength: number;
  readonly markdown: HostMarkdown;
  /** `setStatus` */
  readonly statuses: boolean;
  /** Any status that is not a success may keep a pull request from being merged, not only those that the repository asks for. */
  readonly everyStatusBlocks: boolean;
  /** `react` */
  readonly reactions: boolean;
  /** `hideComments` */
  readonly hideComments: boolean;
  /** `listTeams` */
  readonly teams: boolean;
  /** `dismissReviews` */
  readonly dismissReviews: boolean;
  /** `getFile`: one file without a clone. */
  readonly fileFetch: boolean;
  /** The ways to merge that whoever merges may choose from; empty where the host alone decides. */
  readonly mergeMethods: readonly MergeMethod[];
  /**
   * The title of merges that nobody gave another, as Atlantis gives them; `<number>` stands for that of the pull request.
   * null: the host makes one up, by its own settings.
   */
  readonly mergeTitle: string | null;
};

/** Of a host that has repos and nothing else. */
export const repoOnly: HostCapabilities = {
  pulls: false,
  maxCommentLength: Number.MAX_SAFE_INTEGER,
  markdown: { folding: true, requestName: 'Pull Request', pullSign: '#' },
  statuses: false,
  everyStatusBlocks: false,
  reactions: false,
  hideComments: false,
  teams: false,
  dismissReviews: false,
  fileFetch: false,
  mergeMethods: [],
  mergeTitle: null,
};
