import { waitFor } from './wait-for.ts';

/** What the tests' servers take as API secret. */
export const apiSecret = 'the-api-secret';

export type Reply<T> = { readonly status: number; readonly headers: Headers; readonly body: T };

export type RunOrder = {
  readonly Ref?: string;
  readonly Projects?: readonly string[];
  readonly Paths?: readonly { readonly Directory: string; readonly Workspace?: string }[];
};

export type ApiProjectResult = {
  readonly Error: { readonly Message: string; readonly Code: string } | null;
  readonly Failure: string;
  readonly PlanSuccess: { readonly TerraformOutput: string; readonly LockURL: string } | null;
  readonly ApplySuccess: string;
  readonly RepoRelDir: string;
  readonly Workspace: string;
  readonly ProjectName: string;
};
export type ApiResult = { readonly error?: string; readonly ProjectResults: readonly ApiProjectResult[] };

export type ApiOutcome = { readonly kind: string; readonly message?: string; readonly code?: string };
export type ApiJob = {
  readonly id: number;
  readonly project: { readonly name: string; readonly dir: string; readonly workspace: string };
  readonly state: string;
  readonly attempt: number;
  readonly outcome: ApiOutcome | null;
};
export type ApiRun = {
  readonly id: number;
  readonly kind: 'plan' | 'apply';
  readonly state: string;
  readonly ref: string;
  readonly ended_at: string | null;
  readonly jobs: readonly ApiJob[];
};
export type ApiLock = { readonly Name: string; readonly ProjectName: string; readonly PullID: string };

export type ApiClient = {
  /** Plans or applies projects of `acme/infra` and waits for the end. */
  command(
    kind: 'plan' | 'apply',
    order: RunOrder,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply<ApiResult>>;
  /** The same without waiting: gives the run. */
  start(
    kind: 'plan' | 'apply',
    order: RunOrder,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply<{ readonly run: ApiRun; readonly error?: string }>>;
  run(runId: number): Promise<ApiRun>;
  /** All runs, newest first, without their jobs. */
  runs(): Promise<Omit<ApiRun, 'jobs'>[]>;
  ended(runId: number, timeoutMs?: number): Promise<ApiRun>;
  log(jobId: number): Promise<string>;
  locks(): Promise<readonly ApiLock[]>;
  deleteLock(name: string): Promise<Reply<{ readonly error?: string }>>;
  cancel(runId: number): Promise<Reply<unknown>>;
};

/** Speaks to the API of a server of the tests. */
export function apiClient(url: string): ApiClient {
  const send = async <T>(
    method: string,
    path: string,
    more: { body?: object; headers?: object } = {},
  ): Promise<Reply<T>> => {
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: { 'x-atlantis-token': apiSecret, ...more.headers },
      ...(more.body ? { body: JSON.stringify(more.body) } : {}),
    });
    const text = await reply.text();
    const isJson = reply.headers.get('content-type')?.startsWith('application/json');
    return { status: reply.status, headers: reply.headers, body: (isJson ? JSON.parse(text) : text) as T };
  };
  const bodyOf = (order: RunOrder) => ({ Repository: 'acme/infra', Ref: 'main', Type: 'Local', ...order });
  const run = async (runId: number) => (await send<ApiRun>('GET', `/api/runs/${runId}`)).body;
  return {
    command: (kind, order, headers = {}) => send('POST', `/api/${kind}`, { body: bodyOf(order), headers }),
    start: (kind, order, headers = {}) => send('POST', `/api/${kind}?async=true`, { body: bodyOf(order), headers }),
    run,
    runs: async () => {
      const all: Omit<ApiRun, 'jobs'>[] = [];
      for (let next: number | null = 0; next !== null; ) {
        const path: string = `/api/runs?limit=100${next === 0 ? '' : `&before=${next}`}`;
        const { body } = await send<{ runs: ApiRun[]; next_before: number | null }>('GET', path);
        all.push(...body.runs);
        next = body.next_before;
      }
      return all;
    },
    ended: (runId, timeoutMs = 30_000) =>
      waitFor(
        `run ${runId} to end`,
        async () => {
          const now = await run(runId);
          return now.ended_at !== null && now;
        },
        { timeoutMs, everyMs: 50 },
      ),
    log: async (jobId) => (await send<string>('GET', `/api/jobs/${jobId}/logs`)).body,
    locks: async () => (await send<{ Locks: ApiLock[] }>('GET', '/api/locks')).body.Locks,
    deleteLock: (name) => send('DELETE', `/api/locks/${encodeURIComponent(name)}`),
    cancel: (runId) => send('POST', `/api/runs/${runId}/cancel`),
  };
}
