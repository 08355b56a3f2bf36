import type { FakeFile, FakeStatus } from '../github/state.ts';

/** What a fake Gitea knows; tests read it and change it. */
export type FakeComment = { readonly id: number; readonly author: string; body: string; reactions: string[] };

export type FakeReview = {
  readonly id: number;
  /** null: a request to a team. */
  readonly login: string | null;
  state: 'APPROVED' | 'REQUEST_CHANGES' | 'COMMENT' | 'PENDING' | 'REQUEST_REVIEW';
  dismissed: boolean;
};

export type FakePull = {
  readonly number: number;
  readonly author: string;
  /** One that begins with `WIP:` makes a draft. */
  title: string;
  headBranch: string;
  headSha: string;
  /** Full name; null: it has been deleted. */
  headRepo: string | null;
  baseBranch: string;
  state: 'open' | 'closed';
  merged: boolean;
  labels: string[];
  hasConflict: boolean;
  /** How many more questions find it still being checked for conflicts. */
  checksLeft: number;
  /** Why the rules of the base branch forbid the merge; null: they do not. */
  blocked: string | null;
  files: FakeFile[];
  readonly comments: FakeComment[];
  readonly reviews: FakeReview[];
};

export type FakeHook = { readonly url: string; events: string[]; active: boolean };

export type FakeRepo = {
  readonly fullName: string;
  /** The bare repository behind it; null: it has none. */
  readonly gitDir: string | null;
  readonly pulls: Map<number, FakePull>;
  /** Every status that was set, in order. */
  readonly statuses: FakeStatus[];
  /** Files by path, for repos without git. */
  readonly files: Map<string, string>;
  readonly allowed: { merge: boolean; rebase: boolean; squash: boolean };
  /** For repos without git. */
  readonly branches: Set<string>;
  /** What the account of the token may do there. */
  permissions: { admin: boolean; push: boolean; pull: boolean };
  /** null: it may not see them. */
  hooks: FakeHook[] | null;
};

export type FakeState = {
  readonly repos: Map<string, FakeRepo>;
  /** The login that the token belongs to. */
  readonly login: string;
  /** The token may read its user, for which it needs a scope of its own. */
  mayReadUser: boolean;
  /** Tokens that are accepted, by the API and by git. */
  readonly tokens: Set<string>;
  nextId: number;
};

export function newHook(url: string, changed: Partial<FakeHook> = {}): FakeHook {
  return { url, events: ['pull_request', 'pull_request_comment', 'pull_request_sync'], active: true, ...changed };
}

export function isDraft({ title }: FakePull): boolean {
  return /^(?:wip:|\[wip\])/i.test(title);
}

export function findComment(repo: FakeRepo, id: number): FakeComment | undefined {
  return [...repo.pulls.values()].flatMap(({ comments }) => comments).find((comment) => comment.id === id);
}
