import { describe, expect, it } from 'vitest';
import { type GitlabApiServer, startGitlabApiServer } from '../support/gitlab-api-server.ts';
import { startServer } from '../support/server.ts';
import { waitFor } from '../support/wait-for.ts';

type Environment = { readonly id: number; readonly state: string; readonly updated_at: string };

function apiOf(server: GitlabApiServer, url: string) {
  const headers = { 'private-token': server.tokens.maintainer, 'content-type': 'application/json' };
  const path = `${url}/api/v4/projects/${server.projectId}/environments`;
  return {
    create: async (name: string, stopAt: number) => {
      const body = JSON.stringify({ name, auto_stop_at: new Date(stopAt).toISOString() });
      const response = await fetch(path, { method: 'POST', headers, body });
      return (await response.json()) as Environment;
    },
    stopped: async (id: number) =>
      waitFor(
        `environment ${id} to stop`,
        async () => {
          const shown = (await (await fetch(`${path}/${id}`, { headers })).json()) as Environment;
          return shown.state === 'stopped' && shown;
        },
        { timeoutMs: 25_000 },
      ),
    events: async (id: number) => {
      const shown = (await (await fetch(`${path}/${id}/events?sort=asc`, { headers })).json()) as { kind: string }[];
      return shown.map(({ kind }) => kind);
    },
  };
}

const lateness = (environment: Environment, at: number) => Date.parse(environment.updated_at) - at;

describe('auto-stop of a running server', () => {
  it('stops an environment within two seconds of its time, once', async () => {
    const server = await startGitlabApiServer('sqlite');
    const api = apiOf(server, server.url);
    const at = Date.now() + 1500;
    const { id } = await api.create('review/a', at);
    const late = lateness(await api.stopped(id), at);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(2000);
    expect(await api.events(id)).toEqual(['created', 'stopped']);
  });

  it('makes up after a crash for what came due meanwhile, and keeps what is still to come', async () => {
    const first = await startGitlabApiServer('sqlite');
    const before = apiOf(first, first.url);
    const [missed, coming] = [Date.now() + 1000, Date.now() + 10_000];
    const [one, other] = [await before.create('review/a', missed), await before.create('review/b', coming)];
    await first.server.stop('SIGKILL');
    await waitFor('the first time to pass', () => Date.now() > missed);
    const { dataDir } = first.server;
    const second = await startServer({
      flags: { 'data-dir': dataDir, 'local-repos-dir': dataDir, 'repo-allowlist': '*' },
    });
    const after = apiOf(first, second.url);
    await after.stopped(one.id);
    expect(lateness(await after.stopped(other.id), coming)).toBeLessThan(2000);
    expect(await after.events(one.id)).toEqual(['created', 'stopped']);
  });
});
