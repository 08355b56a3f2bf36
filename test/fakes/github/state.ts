/** What a fake GitHub knows; tests read it and change it. */
export type FakeComment = {
  readonly id: number;
  author: string;
  body: string;
  minimised: boolean;
  reactions: string[];
};
export type FakeReview = { readonly id: number; readonly login: string; state: string };
export type FakeFile = { readonly filename: string; readonly status: string; readonly previous_filename?: string };
export type FakeStatus = {
  readonly sha: string;
  readonly context: string;
  readonly state: string;
  readonly description: string;
  readonly targetUrl: string | null;
};

export type FakePull = {
  readonly number: number;
  readonly author: string;
  title: string;
  headBranch: string;
  headSha: string;
  /** Full name; null: it has been deleted. */
  headRepo: string | null;
  baseBranch: string;
  state: 'open' | 'closed';
  merged: boolean;
  draft: boolean;
  labels: string[];
  mergeableState: string;
  files: FakeFile[];
  comments: FakeComment[];
  reviews: FakeReview[];
  /** For GraphQL: as GitHub's `reviewDecision`, and the contexts that branch protection requires. */
  reviewDecision: string | null;
  requiredContexts: string[];
};

export type FakeRepo = {
  readonly fullName: string;
  /** The bare repository behind it; null: it has none. */
  readonly gitDir: string | null;
  readonly pulls: Map<number, FakePull>;
  /** Every status that was set, in order. */
  readonly statuses: FakeStatus[];
  /** Files by path, for repos without git. */
  readonly files: Map<string, string>;
  allowed: { merge: boolean; rebase: boolean; squash: boolean };
  readonly deletedBranches: string[];
};

export type FakeTeam = {
  readonly org: string;
  readonly slug: string;
  readonly members: string[];
  readonly above: string[];
};

export type FakeState = {
  readonly repos: Map<string, FakeRepo>;
  readonly teams: FakeTeam[];
  /** The login that the token belongs to. */
  readonly login: string;
  /** Tokens that are accepted, by the API and by git. */
  readonly tokens: Set<string>;
  nextId: number;
};
