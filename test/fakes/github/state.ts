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
  /** Of rulesets that hold for the base branch. */
  rules: FakeRule[];
  /** Runs of workflows for the head, with one check each. */
  workflowRuns: FakeWorkflowRun[];
};

export type FakeRule = {
  readonly enforcement: 'ACTIVE' | 'EVALUATE' | 'DISABLED';
  readonly contexts?: readonly string[];
  readonly workflows?: readonly { readonly path: string; readonly repositoryId: number }[];
};

export type FakeWorkflowRun = {
  readonly number: number;
  readonly path: string;
  /** The full name of the repo that keeps the workflow. */
  readonly repo: string;
  /** null: it has not ended. */
  readonly conclusion: string | null;
};

export type FakeHook = {
  readonly url: string;
  events: string[];
  active: boolean;
  hasSecret: boolean;
  contentType: 'json' | 'form';
  insecure: boolean;
  /** Of the newest delivery; the code is null when there was none. */
  lastResponse: { code: number | null; status: string | null; message: string | null };
};

export type FakeRepo = {
  readonly id: number;
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
  /** What the account of the token may do there. */
  permissions: { admin: boolean; push: boolean; pull: boolean };
  /** null: the token may not see them. */
  hooks: FakeHook[] | null;
};

export type FakeApp = {
  readonly slug: string;
  installations: number[];
  permissions: Record<string, string>;
  events: string[];
  hook: FakeHook;
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
  /** Scopes of the token, as GitHub tells them of classic ones; null: it tells none. */
  scopes: string | null;
  readonly app: FakeApp;
  /** Codes of apps that were registered from a manifest and not fetched yet. */
  readonly manifestCodes: Set<string>;
  nextId: number;
  /** What happens on GitHub between the questions of a client and the change that it makes by GraphQL. */
  beforeMutation(): void;
};

export function newHook(url: string, changed: Partial<FakeHook> = {}): FakeHook {
  return {
    url,
    events: ['issue_comment', 'pull_request'],
    active: true,
    hasSecret: true,
    contentType: 'json',
    insecure: false,
    lastResponse: { code: 200, status: 'active', message: 'OK' },
    ...changed,
  };
}

export function newState(login: string, token: string): FakeState {
  return {
    repos: new Map(),
    teams: [],
    login,
    tokens: new Set([token]),
    scopes: 'repo, read:org',
    app: {
      slug: 'octoapp',
      installations: [1],
      permissions: { contents: 'write', issues: 'write', pull_requests: 'write', statuses: 'write', members: 'read' },
      events: ['issue_comment', 'pull_request'],
      hook: newHook('https://polder.example.com/events'),
    },
    manifestCodes: new Set(),
    nextId: 1000,
    beforeMutation: () => undefined,
  };
}
