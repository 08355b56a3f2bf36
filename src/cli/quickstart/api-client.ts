import { PolderError } from '../../lib/errors.ts';

/** The parts of the API's answers that the tour reads. */
export type ApiRun = { readonly id: number; readonly state: string; readonly jobs: readonly ApiJob[] };
export type ApiJob = {
  readonly id: number;
  readonly state: string;
  readonly project: { readonly name: string };
  readonly outcome: ApiOutcome | null;
};
type ApiOutcome = {
  readonly kind: string;
  readonly message?: string;
  readonly changes?: Readonly<Record<string, number>> | null;
  readonly by?: string;
};
type ApiEnvironment = {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly tier: string;
};

type ApiPull = { readonly number: number; readonly url: string };
type ApiComment = { readonly author: string; readonly body: string };

/** A client of one running server. */
export type ApiClient = {
  start(kind: 'plan' | 'apply', request: object): Promise<ApiRun>;
  run(id: number): Promise<ApiRun>;
  /** A job's log as it grows, line by line, until it is complete. */
  followLog(jobId: number, onLine: (line: string) => void): Promise<void>;
  environments(repo: string): Promise<ApiEnvironment[]>;
  /** Those that are open, of all repos. */
  openPulls(): Promise<(ApiPull & { readonly repository: { readonly full_name: string } })[]>;
  closePull(repo: string, pull: number): Promise<void>;
  /** Whether a pull request of that repo holds a lock. */
  hasLocks(repo: string): Promise<boolean>;
  openPull(repo: string, branches: { readonly head: string; readonly base: string }): Promise<ApiPull>;
  comment(repo: string, pull: number, body: string): Promise<void>;
  /** All comments of a pull request, oldest first. */
  comments(repo: string, pull: number): Promise<ApiComment[]>;
};

export function apiClient(baseUrl: string, secrets: { apiSecret: string; token: string }): ApiClient {
  const atlantis = { 'X-Atlantis-Token': secrets.apiSecret };
  return {
    start: async (kind, request) => {
      const body = JSON.stringify(request);
      const answer = await json(`${baseUrl}/api/${kind}?async=true`, { method: 'POST', headers: atlantis, body });
      return (answer as { run: ApiRun }).run;
    },
    run: async (id) => (await json(`${baseUrl}/api/runs/${id}`, { headers: atlantis })) as ApiRun,
    followLog: async (jobId, onLine) => {
      const response = await fetch(`${baseUrl}/api/jobs/${jobId}/logs?follow=true`, { headers: atlantis });
      await readEvents(response, onLine);
    },
    environments: async (repo) => {
      const url = `${baseUrl}/api/v4/projects/${encodeURIComponent(repo)}/environments?per_page=100`;
      return (await json(url, { headers: { 'PRIVATE-TOKEN': secrets.token } })) as ApiEnvironment[];
    },
    openPulls: async () => {
      const answer = await json(`${baseUrl}/api/pulls?state=open`, { headers: atlantis });
      return (answer as { pulls: Awaited<ReturnType<ApiClient['openPulls']>> }).pulls;
    },
    closePull: async (repo, pull) => {
      const body = JSON.stringify({ repo });
      await json(`${baseUrl}/api/pulls/${pull}/close`, { method: 'POST', headers: atlantis, body });
    },
    hasLocks: async (repo) => {
      const answer = (await json(`${baseUrl}/api/locks`, {})) as { Locks: { ProjectRepo: string; PullID: string }[] };
      return answer.Locks.some(({ ProjectRepo, PullID }) => ProjectRepo === repo && Number(PullID) > 0);
    },
    openPull: async (repo, branches) => {
      const body = JSON.stringify({ repo, ...branches });
      return (await json(`${baseUrl}/api/pulls`, { method: 'POST', headers: atlantis, body })) as ApiPull;
    },
    comment: async (repo, pull, text) => {
      const body = JSON.stringify({ repo, body: text });
      await json(`${baseUrl}/api/pulls/${pull}/comments`, { method: 'POST', headers: atlantis, body });
    },
    comments: async (repo, pull) => {
      const url = `${baseUrl}/api/pulls/${pull}/comments?repo=${encodeURIComponent(repo)}`;
      return ((await json(url, { headers: atlantis })) as { comments: ApiComment[] }).comments;
    },
  };
}

async function json(url: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  throw new PolderError('internal', `${init.method ?? 'GET'} ${new URL(url).pathname}: ${response.status} ${text}`);
}

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): data lines until `end`. */
async function readEvents(response: Response, onLine: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of response.body ?? []) {
    const blocks = (rest + decoder.decode(piece as Uint8Array, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      if (block.startsWith('event: end\n')) return;
      for (const line of dataOf(block)) onLine(line);
    }
  }
}

function dataOf(block: string): string[] {
  const fields = block.split('\n').filter((field) => field.startsWith('data: '));
  return fields.map((field) => field.slice('data: '.length));
}
