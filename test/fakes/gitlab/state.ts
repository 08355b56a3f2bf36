/** What a fake GitLab knows; tests read it and change it. */
export type FakeNote = {
  readonly id: number;
  author: string;
  body: string;
  /** Written by GitLab about what somebody did. */
  system: boolean;
  reactions: string[];
};
export type FakeDiff = { readonly old_path: string; readonly new_path: string };

export type FakePipeline = { readonly id: number; readonly sha: string; readonly ref: string; status: string };

export type FakeStatus = {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly name: string;
  readonly pipelineId: number;
  status: string;
  description: string | null;
  targetUrl: string | null;
  allowFailure: boolean;
};

export type FakeRequest = {
  readonly iid: number;
  readonly author: string;
  title: string;
  sourceBranch: string;
  sha: string;
  /** Full name; null: it has been deleted. */
  sourceProject: string | null;
  targetBranch: string;
  state: 'opened' | 'closed' | 'locked' | 'merged';
  draft: boolean;
  labels: string[];
  detailedMergeStatus: string;
  diffs: FakeDiff[];
  /** What GitLab tells of the number of diffs; undefined: all of them. */
  changesCount: string | null | undefined;
  notes: FakeNote[];
  approvedBy: string[];
  /** null: an edition that has no approval rules, and tells nothing of them. */
  approvalsRequired: number | null;
  discussionsResolved: boolean;
  /** How many approvals the project's older setting wants. */
  approvalsBeforeMerge: number | null;
  /** What was said of the commits when it was merged. */
  mergedWith: { readonly merge: unknown; readonly squash: unknown } | null;
};

export type FakeHook = {
  readonly url: string;
  mergeRequests: boolean;
  notes: boolean;
  checksCertificates: boolean;
  alertStatus: 'executable' | 'temporarily_disabled' | 'disabled';
};

export type FakeProject = {
  readonly id: number;
  readonly fullName: string;
  /** The bare repository behind it; null: it has none. */
  readonly gitDir: string | null;
  readonly requests: Map<number, FakeRequest>;
  readonly pipelines: FakePipeline[];
  /** Every status that was set, the last of each name last. */
  readonly statuses: FakeStatus[];
  /** Files by path, for projects without git. */
  readonly files: Map<string, string>;
  settings: { mustResolveDiscussions: boolean; mustPassPipeline: boolean; allowSkippedPipeline: boolean };
  readonly deletedBranches: string[];
  /** What the account of the token may do, there or through the group. */
  access: { own: number | null; ofGroup: number | null };
  /** null: it may not see them. */
  hooks: FakeHook[] | null;
};

export type FakeGroup = { readonly path: string; readonly members: string[] };

export type FakeState = {
  readonly projects: Map<string, FakeProject>;
  readonly groups: FakeGroup[];
  /** Ids by login, of those who have been seen. */
  readonly users: Map<string, number>;
  /** The login that the token belongs to. */
  readonly login: string;
  /** Whether that is the bot user of a project or group token, which may reset approvals. */
  isBot: boolean;
  version: string;
  /** What the token tells of itself; null: this GitLab tells nothing. */
  token: { scopes: string[]; expiresAt: string | null } | null;
  /** Tokens that are accepted, by the API and by git. */
  readonly tokens: Set<string>;
  nextId: number;
};

export function newHook(url: string, changed: Partial<FakeHook> = {}): FakeHook {
  const usual = { mergeRequests: true, notes: true, checksCertificates: true, alertStatus: 'executable' } as const;
  return { url, ...usual, ...changed };
}

export function userId(state: FakeState, login: string): number {
  const known = state.users.get(login);
  if (known !== undefined) return known;
  state.users.set(login, state.nextId);
  return state.nextId++;
}
