/** A pull request by its repo's full name and its number. */
export type PullRef = { readonly fullName: string; readonly number: number };

/** A pull or merge request. */
export type Pull = {
  readonly number: number;
  /** Its page. */
  readonly url: string;
  readonly title: string;
  readonly author: string;
  readonly headBranch: string;
  readonly headSha: string;
  /** The repo of the head branch; null once it has been deleted. `owner` is the full name without its last part. */
  readonly headRepo: { readonly fullName: string; readonly owner: string } | null;
  /** The ref of the base repo that holds the head commit, forks included; null where the host has no such ref. */
  readonly headRef: string | null;
  readonly baseBranch: string;
  /** Where git fetches the base repo from; missing where the host does not tell it with the pull request. */
  readonly cloneUrl?: string;
  readonly open: boolean;
  readonly merged: boolean;
  readonly draft: boolean;
  readonly labels: readonly string[];
};

export type ChangedFiles = {
  /** Added, changed and deleted paths, and both paths of a renamed file; each once. */
  readonly paths: readonly string[];
  /** False when the host does not tell all of them. git can. */
  readonly complete: boolean;
};

export type Mergeability =
  | { readonly mergeable: true }
  /** The reason as users of Atlantis know it, such as `PR is a draft`. */
  | { readonly mergeable: false; readonly reason: string };

export type PullComment = {
  /** As the host's functions take it; opaque. */
  readonly id: string;
  readonly author: string;
  readonly body: string;
};

/** A commit status. `context` is its identity: a later one replaces it. */
export type CommitStatus = {
  readonly context: string;
  readonly state: 'pending' | 'success' | 'failure';
  /** Cut to what the host takes. */
  readonly description: string;
  /** An absolute URL. */
  readonly targetUrl: string | null;
};

export const mergeMethods = ['merge', 'rebase', 'squash'] as const;
export type MergeMethod = (typeof mergeMethods)[number];

export type MergeRequest = {
  /** Nothing is merged if the head has moved from there. */
  readonly headSha: string;
  /** null: the first that the repo allows. */
  readonly method: MergeMethod | null;
  /** Title of the merge commit, where the host lets us say; null leaves it to the host. */
  readonly title: string | null;
};

export type MergeResult = { readonly kind: 'merged' } | { readonly kind: 'refused'; readonly message: string };

/**
 * The pull requests of a host. Reading may be repeated at will. Of the writing functions, `createComment` makes another
 * comment each time: when it throws `host_unavailable` the comment may be there or not, and `listComments` tells. All
 * others may be repeated.
 */
export type PullHost = {
  /** Our own login, so that our own comments can be told from others; null where it cannot be known. */
  ownLogin(): Promise<string | null>;
  /** The pull request as it is now, or undefined when there is none of that number. */
  getPull(pull: PullRef): Promise<Pull | undefined>;
  /** The files of the whole pull request, not of one push. */
  listChangedFiles(pull: PullRef): Promise<ChangedFiles>;
  /** The text of a file at a branch, tag or commit; undefined when there is no file of that path. */
  getFile(fullName: string, file: { readonly path: string; readonly ref: string }): Promise<string | undefined>;
  /** Whether it is approved by the host's rules, and by whom, as far as it tells. */
  getApproval(pull: PullRef): Promise<{ readonly approved: boolean; readonly by: readonly string[] }>;
  /** `ignores` tells which commit statuses and checks do not block, by their names: those we are about to set. */
  getMergeability(pull: PullRef, ignores: (context: string) => boolean): Promise<Mergeability>;
  /** The teams of the repo's owner that the user is in, directly or through a team below, by their names in URLs. */
  listTeams(fullName: string, login: string): Promise<readonly string[]>;
  /** All comments, oldest first. */
  listComments(pull: PullRef): Promise<readonly PullComment[]>;
  /** The new comment's id. `body` is at most `maxCommentLength` long. */
  createComment(pull: PullRef, body: string): Promise<string>;
  /** False when the comment is gone. */
  updateComment(pull: PullRef, comment: { readonly id: string; readonly body: string }): Promise<boolean>;
  /** Folds comments of our own away as outdated. Those that are gone, or hidden, stay so. */
  hideComments(pull: PullRef, commentIds: readonly string[]): Promise<void>;
  /** Reacts to a comment with an emoji of the host's, by its name without colons. */
  react(pull: PullRef, reaction: { readonly commentId: string; readonly emoji: string }): Promise<void>;
  setStatus(pull: PullRef & { readonly headSha: string }, status: CommitStatus): Promise<void>;
  /** Merges now. What the host's rules or the pull request's state forbid is a refusal, with the host's words. */
  mergePull(pull: PullRef, request: MergeRequest): Promise<MergeResult>;
  /** A branch that is gone stays so. */
  deleteBranch(fullName: string, branch: string): Promise<void>;
  /** Takes back the approvals that were given; `message` is shown with each. */
  dismissReviews(pull: PullRef, message: string): Promise<void>;
};
