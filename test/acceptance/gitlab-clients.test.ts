import { beforeAll, describe, expect, it } from 'vitest';
import { type GitlabApiServer, startGitlabApiServer } from '../support/gitlab-api-server.ts';
import { type RawReply, sendRaw } from '../support/raw-http.ts';

/* What clients of GitLab send, byte for byte: their paths, headers and bodies, in the order of their calls. */

let server: GitlabApiServer;

beforeAll(async () => {
  server = await startGitlabApiServer('sqlite');
});

type Client = (line: string, body?: string) => Promise<RawReply>;

/** A client that sends these headers with every request, and these with a body besides. */
function client(headers: (token: string) => readonly string[], withBody: readonly string[] = []): Client {
  return async (line, body) => {
    const own = headers(server.tokens.maintainer);
    const all = body === undefined ? own : [...own, ...withBody];
    return sendRaw(server.url, { line, headers: all, ...(body === undefined ? {} : { body }) });
  };
}

const idOf = (reply: RawReply) => (reply.json as { id: number }).id;
const namesOf = (reply: RawReply) => (reply.json as { name: string }[]).map(({ name }) => name);
const linkTo = (reply: RawReply, rel: string) =>
  new RegExp(`<([^>]+)>; rel="${rel}"`).exec(reply.headers.link ?? '')?.[1];

describe('python-gitlab', () => {
  // It says that it sends JSON with every request, also with those that have no body.
  const send = client((token) => [
    'User-Agent: python-gitlab/8.1.0',
    'Accept-Encoding: gzip, deflate',
    'Accept: */*',
    `PRIVATE-TOKEN: ${token}`,
    'Content-type: application/json',
  ]);
  const noBody = client((token) => [`PRIVATE-TOKEN: ${token}`, 'Content-type: application/json', 'Content-Length: 0']);

  it('logs in and finds the project', async () => {
    const user = await send('GET /api/v4/user');
    expect(user.json).toMatchObject({ username: 'maintainer', web_url: `${server.url}/maintainer` });
    expect((await send('GET /api/v4/version')).json).toMatchObject({ version: '18.0.0' });
    expect(idOf(await send('GET /api/v4/projects/acme%2Finfra'))).toBe(server.projectId);
  });

  it('goes through the life of an environment', async () => {
    const path = `/api/v4/projects/${server.projectId}/environments`;
    const created = await send(`POST ${path}`, '{"name": "env1", "external_url": "http://fake.env/whatever"}');
    expect([created.status, created.json]).toMatchObject([201, { name: 'env1', slug: 'env1' }]);
    const id = idOf(created);
    expect(namesOf(await send(`GET ${path}`))).toContain('env1');
    const saved = await send(`PUT ${path}/${id}`, '{"external_url": "http://new.env/whatever"}');
    expect([saved.status, saved.json]).toMatchObject([200, { external_url: 'http://new.env/whatever' }]);
    expect((await send(`POST ${path}/${id}/stop`, '{}')).json).toMatchObject({ state: 'stopped' });
    expect((await send(`POST ${path}/${id}/stop?force=True`, '{}')).status).toBe(200);
    const deleted = await noBody(`DELETE ${path}/${id}`);
    expect([deleted.status, deleted.text, deleted.headers['content-type']]).toEqual([204, '', undefined]);
    expect((await send(`GET ${path}/${id}`)).json).toEqual({ message: '404 Not found' });
  });

  it('asks for the removal of review apps and of stale ones in the query', async () => {
    const path = `/api/v4/projects/${server.projectId}/environments`;
    expect((await noBody(`DELETE ${path}/review_apps?dry_run=False&limit=5`)).json).toEqual({
      scheduled_entries: [],
      unprocessable_entries: [],
    });
    expect((await noBody(`POST ${path}/stop_stale?before=2022-05-01T00%3A00%3A00%2B05%3A30`)).status).toBe(200);
  });

  it('reads a list to its end by absolute links', async () => {
    const path = `/api/v4/projects/${server.projectId}/environments`;
    for (const name of ['py/1', 'py/2', 'py/3']) await send(`POST ${path}`, JSON.stringify({ name }));
    const first = await send(`GET ${path}?search=py%2F&per_page=2`);
    expect(first.headers).toMatchObject({
      'x-total': '3',
      'x-next-page': '2',
      'x-prev-page': '',
      'x-total-pages': '2',
    });
    const next = linkTo(first, 'next') ?? '';
    expect(next.startsWith(`${server.url}${path}?`)).toBe(true);
    const second = await send(`GET ${next.slice(server.url.length)}`);
    expect([...namesOf(first), ...namesOf(second)]).toEqual(['py/1', 'py/2', 'py/3']);
    expect(linkTo(second, 'next')).toBeUndefined();
  });
});

describe('client-go', () => {
  const send = client(
    (token) => [
      'User-Agent: go-gitlab',
      'Accept: application/json',
      `Private-Token: ${token}`,
      'Accept-Encoding: gzip',
    ],
    ['Content-Type: application/json'],
  );

  it('sends null where it has no options, and dots as %2E', async () => {
    const path = '/api/v4/projects/acme%2Finfra/environments';
    const created = await send(`POST ${path}`, '{"name":"v1.2/go"}');
    const id = idOf(created);
    expect((await send(`GET ${path}?name=v1%2E2%2Fgo`)).json).toMatchObject([{ id }]);
    const edited = await send(`PUT ${path}/${id}`, 'null');
    expect([edited.status, edited.json]).toMatchObject([200, { id }]);
    expect((await send(`POST ${path}/${id}/stop`, 'null')).json).toMatchObject({ state: 'stopped' });
    expect((await send(`DELETE ${path}/${id}`)).status).toBe(204);
  });

  it('records a deployment and reads numbers, times and booleans as such', async () => {
    const path = `/api/v4/projects/${server.projectId}/deployments`;
    const body = JSON.stringify({ environment: 'go', ref: 'main', sha: server.sha, tag: false, status: 'success' });
    const created = await send(`POST ${path}`, body);
    expect(created.status).toBe(201);
    const listed = await send(`GET ${path}?environment=default&order_by=id&sort=asc`);
    expect(listed.json).toMatchObject([
      {
        ...{ id: expect.any(Number) as number, iid: 1 },
        deployable: {
          ...{ coverage: null, tag: false, archived: false, tag_list: [], duration: expect.any(Number) as number },
          finished_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
        },
      },
    ]);
  });
});

describe('the Terraform provider', () => {
  const send = client(
    (token) => ['User-Agent: Terraform/1.9.0', 'Accept: application/json', `Authorization: Bearer ${token}`],
    ['Content-Type: application/json'],
  );

  it('creates, reads, changes and destroys a gitlab_project_environment', async () => {
    const path = '/api/v4/projects/acme%2Finfra/environments';
    expect((await send('GET /api/v4/user')).status).toBe(200);
    const wanted = {
      name: 'tf/example',
      external_url: 'https://example.com',
      tier: 'staging',
      description: 'An example',
    };
    const created = await send(`POST ${path}`, JSON.stringify({ ...wanted, auto_stop_setting: 'with_action' }));
    const id = idOf(created);
    const read = await send(`GET ${path}/${id}`);
    const time = expect.stringMatching(/Z$/) as string;
    expect(read.json).toMatchObject({
      ...wanted,
      auto_stop_setting: 'with_action',
      created_at: time,
      updated_at: time,
    });
    const changed = await send(`PUT ${path}/${id}`, '{"name":"tf/example","external_url":""}');
    expect(changed.json).toMatchObject({ name: 'tf/example', external_url: null });
    const nulls = '{"cluster_agent_id":null,"kubernetes_namespace":null,"flux_resource_path":null}';
    expect((await send(`PUT ${path}/${id}`, nulls)).status).toBe(200);
    expect((await send(`POST ${path}/${id}/stop`, '{"force":true}')).json).toMatchObject({ state: 'stopped' });
    expect((await send(`POST ${path}/${id}/stop`, 'null')).json).toMatchObject({ state: 'stopped' });
    expect((await send(`GET ${path}/${id}`)).json).toMatchObject({ state: 'stopped' });
    expect((await send(`DELETE ${path}/${id}`)).status).toBe(204);
    expect((await send(`GET ${path}/${id}`)).status).toBe(404);
  });
});

describe('glab', () => {
  const send = client(
    (token) => ['User-Agent: glab/1.60.0 (linux, amd64)', `PRIVATE-TOKEN: ${token}`],
    ['Content-Type: application/json; charset=utf-8'],
  );

  it('pages through the API', async () => {
    expect((await send('GET /api/v4/metadata')).json).toMatchObject({ kas: { enabled: false } });
    expect((await send('GET /api/v4/projects/acme%2Finfra')).json).toMatchObject({ id: server.projectId });
    const page = await send(`GET /api/v4/projects/${server.projectId}/environments?per_page=100`);
    expect([page.status, linkTo(page, 'next')]).toEqual([200, undefined]);
    expect(linkTo(page, 'first')).toContain('per_page=100');
  });

  it('bootstraps the environment of a cluster agent', async () => {
    const path = '/api/v4/projects/acme%2Finfra/environments';
    const agent = idOf(await send('POST /api/v4/projects/acme%2Finfra/cluster_agents', '{"name":"agent-1"}'));
    expect((await send(`GET ${path}?name=flux-system%2Fagent-1`)).json).toEqual([]);
    const wanted = {
      ...{ name: 'flux-system/agent-1', external_url: null, kubernetes_namespace: 'flux-system' },
      ...{ flux_resource_path: 'helm.toolkit.fluxcd.io/v2/namespaces/x/helmreleases/x', cluster_agent_id: agent },
    };
    const created = await send(`POST ${path}`, JSON.stringify(wanted));
    expect(created.json).toMatchObject({ cluster_agent: { id: agent }, kubernetes_namespace: 'flux-system' });
    expect((await send(`PUT ${path}/${idOf(created)}`, JSON.stringify(wanted))).status).toBe(200);
  });
});

describe('curl', () => {
  const send = client(
    (token) => ['User-Agent: curl/8.7.1', 'Accept: */*', `PRIVATE-TOKEN: ${token}`],
    ['Content-Type: application/x-www-form-urlencoded'],
  );

  it('sends forms, and nothing at all', async () => {
    const path = `/api/v4/projects/${server.projectId}/environments`;
    const created = await send(`POST ${path}`, 'name=deploy&external_url=https://deploy.gitlab.example.com');
    expect(created.json).toMatchObject({ name: 'deploy', slug: 'deploy', tier: 'other', state: 'available' });
    const id = idOf(created);
    const changed = await send(`PUT ${path}/${id}`, 'external_url=https://staging.gitlab.example.com');
    expect(changed.json).toMatchObject({ external_url: 'https://staging.gitlab.example.com' });
    expect((await send(`POST ${path}/${id}/stop`)).json).toMatchObject({ state: 'stopped' });
    expect((await send(`DELETE ${path}/${id}`)).status).toBe(204);
    expect((await send(`POST ${path}/stop_stale?before=10%2F10%2F2021`)).status).toBe(200);
  });

  it('sends forms in parts', async () => {
    const path = `/api/v4/projects/${server.projectId}/environments`;
    const boundary = '------------------------d74496d66958873e';
    const body = `--${boundary}\r\nContent-Disposition: form-data; name="name"\r\n\r\nin-parts\r\n--${boundary}--\r\n`;
    const reply = await sendRaw(server.url, {
      line: `POST ${path}`,
      headers: [
        `PRIVATE-TOKEN: ${server.tokens.maintainer}`,
        `Content-Type: multipart/form-data; boundary=${boundary}`,
      ],
      body,
    });
    expect([reply.status, reply.json]).toMatchObject([201, { name: 'in-parts' }]);
  });

  it('asks with HEAD how many there are', async () => {
    const reply = await send(`HEAD /api/v4/projects/${server.projectId}/environments?name=default`);
    expect([reply.status, reply.text, reply.headers['x-total']]).toEqual([200, '', '1']);
  });
});

describe('a clean-up script', () => {
  const send = client((token) => [`PRIVATE-TOKEN: ${token}`, 'Content-Length: 0']);

  it('stops and deletes review apps one by one', async () => {
    const path = `/api/v4/projects/${server.projectId}/environments`;
    for (const name of ['review/a', 'review/b']) await send(`POST ${path}?name=${encodeURIComponent(name)}`);
    const found = await send(`GET ${path}?search=review/&per_page=100`);
    expect(namesOf(found)).toEqual(['review/a', 'review/b']);
    for (const { id } of found.json as { id: number }[]) {
      const statuses = [
        (await send(`DELETE ${path}/${id}`)).status,
        (await send(`POST ${path}/${id}/stop`)).status,
        (await send(`DELETE ${path}/${id}`)).status,
      ];
      expect(statuses).toEqual([403, 200, 204]);
    }
    expect((await send(`GET ${path}?search=review/`)).json).toEqual([]);
  });
});
