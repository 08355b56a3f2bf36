import { expect, it } from 'vitest';
import { z } from 'zod';
import { acceptApply, insertRepo, succeedApply } from '../../../test/support/applies.ts';
import { describeDatabases } from '../../../test/support/database.ts';
import { baseUrl, type Caller, gitlabApiWorld, type Reply } from '../../../test/support/gitlab-api-world.ts';
import { listedEnvironmentSchema, singleEnvironmentSchema } from './entities/schemas.ts';

function names(reply: Reply): string[] {
  return (reply.json as { name: string }[]).map((environment) => environment.name);
}

const all = ['production', 'review/fix-foo', 'staging-eu'];

describeDatabases('GET /projects/:id/environments', (open) => {
  it('lists environments in order of id, each with its project and none with a deployment', async () => {
    const { request, path, repo } = await gitlabApiWorld(await open());
    const reply = await request('maintainer', `${path}/environments`);
    expect(reply.status).toBe(200);
    expect(names(reply)).toEqual(all);
    // Equal after parsing: every key is described.
    expect(z.array(listedEnvironmentSchema).parse(reply.json)).toEqual(reply.json);
    expect(reply.json).toMatchObject([
      {
        slug: 'production',
        tier: 'production',
        state: 'available',
        external_url: null,
        description: null,
        auto_stop_at: null,
        auto_stop_setting: 'always',
        created_at: '2026-01-15T12:00:00.250Z',
        enable_advanced_logs_querying: false,
        logs_api_path: '/group/sub/my.proj/-/logs/k8s.json?environment_name=production',
        project: {
          id: repo.id,
          name: 'my.proj',
          name_with_namespace: 'group / sub / my.proj',
          path_with_namespace: 'group/sub/my.proj',
          namespace: { id: repo.groupId, path: 'sub', full_path: 'group/sub' },
        },
      },
      { state: 'stopped', logs_api_path: '/group/sub/my.proj/-/logs/k8s.json?environment_name=review%2Ffix-foo' },
      {},
    ]);
  });

  const found: [string, string[]][] = [
    ['name=production', ['production']],
    ['name=PRODUCTION', []],
    ['name=test', []],
    ['name=review%2Ffix-foo', ['review/fix-foo']],
    ['name=', all],
    ['search=prod', ['production']],
    ['search=PROD', ['production']],
    ['search=duction', []],
    ['search=produc%25', []],
    ['search=produc_ion', []],
    ['search=fix', ['review/fix-foo']],
    ['search=review', ['review/fix-foo']],
    ['search=', all],
    ['search=%20%20', all],
    ['states=available', ['production', 'staging-eu']],
    ['states=stopped', ['review/fix-foo']],
    ['states=stopping', []],
    ['states=available&search=rev', []],
    ['page=99', []],
    ['page=-10', all],
    ['page=99999999999999999999999', []],
    ['per_page=-1', all],
    ['per_page=500', all],
    ['unknown=1', all],
  ];
  it('answers with what all filters match', async () => {
    const { request, path } = await gitlabApiWorld(await open());
    const answers: typeof found = [];
    for (const [query] of found) {
      answers.push([query, names(await request('maintainer', `${path}/environments?${query}`))]);
    }
    expect(answers).toEqual(found);
  });

  const refused: [string, unknown][] = [
    ['search=ab', { message: '400 Bad request - Search query is less than 3 characters' }],
    ['name=production&search=prod', { error: 'name, search cannot be used together' }],
    ['name=&search=prod', { error: 'name, search cannot be used together' }],
    ['states=test', { error: 'states does not have a valid value' }],
    ['states=available,stopped', { error: 'states does not have a valid value' }],
    ['states[]=available', { error: 'states is invalid' }],
    ['per_page=0', { error: 'per_page has a value not allowed' }],
    ['page=a', { error: 'page is invalid' }],
    [
      'page=a&per_page=b&states=c',
      { error: 'page is invalid, per_page is invalid, states does not have a valid value' },
    ],
  ];
  it('refuses parameters that make no sense, in words for each', async () => {
    const { request, path } = await gitlabApiWorld(await open());
    const answers: unknown[] = [];
    for (const [query] of refused) {
      const { status, json } = await request('maintainer', `${path}/environments?${query}`);
      answers.push([query, json, status]);
    }
    expect(answers).toEqual(refused.map((row) => [...row, 400]));
  });

  it('refuses text that is malformed before it asks who is calling', async () => {
    const { request, path } = await gitlabApiWorld(await open());
    for (const text of ['%00', '%ff', '%zz']) {
      const reply = await request('anonymous', `${path}/environments?search=${text}`);
      expect([reply.status, reply.text, reply.headers['content-type']]).toEqual([400, 'Bad Request', 'text/plain']);
    }
  });

  it('tells where a page is', async () => {
    const { request, path, repo } = await gitlabApiWorld(await open());
    const { headers } = await request('maintainer', `${path}/environments?per_page=2`);
    const url = `${baseUrl}${path}/environments?id=${repo.id}`;
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-page': '1',
      'x-per-page': '2',
      'x-next-page': '2',
      'x-prev-page': '',
      'x-total': '3',
      'x-total-pages': '2',
      link: [
        `<${url}&page=2&per_page=2>; rel="next"`,
        `<${url}&page=1&per_page=2>; rel="first"`,
        `<${url}&page=2&per_page=2>; rel="last"`,
      ].join(', '),
    });
  });

  it('links from the last page to the one before', async () => {
    const { request, path, repo } = await gitlabApiWorld(await open());
    const { headers, json } = await request(
      'maintainer',
      `${path}/environments?per_page=2&page=2&search=&private_token=x`,
    );
    expect(json).toHaveLength(1);
    expect(headers).toMatchObject({ 'x-next-page': '', 'x-prev-page': '1' });
    expect(headers.link?.split(', ')[0]).toBe(
      `<${baseUrl}${path}/environments?id=${repo.id}&page=1&per_page=2&search=>; rel="prev"`,
    );
  });

  it('has one page of nothing when nothing matches', async () => {
    const { request, path } = await gitlabApiWorld(await open());
    const { headers } = await request('maintainer', `${path}/environments?name=nothing`);
    expect(headers).toMatchObject({ 'x-total': '0', 'x-total-pages': '1', 'x-next-page': '', 'x-prev-page': '' });
  });

  it('caps a page at 100', async () => {
    const { request, path } = await gitlabApiWorld(await open());
    expect((await request('maintainer', `${path}/environments?per_page=500`)).headers['x-per-page']).toBe('100');
  });

  it('goes through the list by id when asked for keyset pagination', async () => {
    const { request, path } = await gitlabApiWorld(await open());
    const seen: string[] = [];
    let query: string | undefined = 'pagination=keyset&per_page=2&states=available';
    const pages: Reply[] = [];
    while (query !== undefined) {
      const reply: Reply = await request('maintainer', `${path}/environments?${query}`);
      pages.push(reply);
      seen.push(...names(reply));
      query = /\?([^>]*)>; rel="next"/.exec(reply.headers.link ?? '')?.[1];
    }
    expect(seen).toEqual(['production', 'staging-eu']);
    expect(pages.map((page) => page.headers['x-page'])).toEqual(pages.map(() => undefined));
  });

  it('offers keyset pagination in ascending order of id only', async () => {
    const { request, path } = await gitlabApiWorld(await open());
    const reply = await request('maintainer', `${path}/environments?pagination=keyset&order_by=name`);
    const error = 'Keyset pagination is not yet available for this type of request';
    expect([reply.status, reply.json]).toEqual([405, { error }]);
  });

  it('shows nothing of other repos', async () => {
    const { db, request, path } = await gitlabApiWorld(await open());
    const repo = await insertRepo(db, 'group/third');
    await succeedApply(db, { repo, project: { name: 'production', dir: '.', workspace: 'default' } }, 5);
    expect(names(await request('maintainer', `${path}/environments`))).toEqual(all);
  });

  it('counts no further than 10,000', async () => {
    const { db, request, path, repo } = await gitlabApiWorld(await open());
    const rows = Array.from({ length: 10_000 }, (_, index) => `review/${String(index).padStart(5, '0')}`);
    for (let start = 0; start < rows.length; start += 1000) {
      const values = rows.slice(start, start + 1000).map((name) => {
        const key = { name_key: name, rest_key: name.slice(7), slug: name.replace('/', '-') };
        const fixed = { repo_id: repo.id, tier: 'other', state: 'available', auto_stop_setting: 'always' };
        return { ...fixed, ...key, name, created_at: 1, updated_at: 1 };
      });
      await db.query.insertInto('environments').values(values).execute();
    }
    const { headers, json } = await request('maintainer', `${path}/environments?page=500`);
    expect(json).toHaveLength(20);
    expect(headers).toMatchObject({ 'x-page': '500', 'x-next-page': '501', 'x-prev-page': '499' });
    expect(headers['x-total']).toBeUndefined();
    expect(headers.link).toMatch(/rel="prev", .*rel="next", .*rel="first"$/);
    const search = await request('maintainer', `${path}/environments?search=review&page=2`);
    expect(names(search)[0]).toBe('review/00019');
  });
});

describeDatabases('GET /projects/:id/environments/:environment_id', (open) => {
  it('shows the last deployment with its job, run, users and commit', async () => {
    const { request, path, ids } = await gitlabApiWorld(await open());
    const { status, json } = await request('reporter', `${path}/environments/${ids[0]}`);
    expect(status).toBe(200);
    expect(singleEnvironmentSchema.parse(json)).toEqual(json);
    const environment = json as z.infer<typeof singleEnvironmentSchema>;
    expect(environment).toMatchObject({
      id: ids[0],
      name: 'production',
      last_deployment: {
        iid: 1,
        ref: 'main',
        sha: 'c'.repeat(40),
        status: 'success',
        created_at: '2026-01-15T12:00:00.250Z',
        updated_at: '2026-01-15T12:00:00.270Z',
        user: { username: 'atlantis-api', web_url: `${baseUrl}/atlantis-api` },
        deployable: {
          status: 'success',
          stage: 'deploy',
          name: 'apply',
          duration: 0.01,
          queued_duration: 0.01,
          commit: {
            short_id: 'cccccccc',
            title: 'Change the network',
            message: 'Change the network\n\nIn detail.\n',
            authored_date: '2016-08-11T09:36:01.000+02:00',
            committed_date: '2016-08-11T07:36:02.000Z',
          },
          pipeline: { ref: 'main', sha: 'c'.repeat(40) },
        },
      },
    });
    expect(environment.last_deployment?.deployable?.web_url).toMatch(
      /^https:\/\/polder\.example\.com\/base\/jobs\/[0-9a-f-]{36}$/,
    );
    expect(Object.keys(environment)).not.toContain('project');
    expect(Object.keys(environment.last_deployment ?? {})).not.toContain('environment');
  });

  it('has every field of the public page', async () => {
    const { request, path, ids } = await gitlabApiWorld(await open());
    const { json } = await request('maintainer', `${path}/environments/${ids[0]}`);
    const environment = json as z.infer<typeof singleEnvironmentSchema>;
    const fields =
      'id name slug description external_url state tier created_at updated_at enable_advanced_logs_querying logs_api_path auto_stop_at last_deployment';
    expect(Object.keys(environment)).toEqual(expect.arrayContaining(fields.split(' ')));
    const jobFields =
      'id status stage name ref tag coverage created_at started_at finished_at duration project user commit pipeline web_url artifacts runner artifacts_expire_at';
    expect(Object.keys(environment.last_deployment?.deployable ?? {})).toEqual(
      expect.arrayContaining(jobFields.split(' ')),
    );
    const userFields =
      'id name username state avatar_url web_url created_at bio location public_email skype linkedin twitter website_url organization';
    expect(Object.keys(environment.last_deployment?.deployable?.user ?? {})).toEqual(
      expect.arrayContaining(userFields.split(' ')),
    );
  });

  it('has no last deployment before the first success', async () => {
    const { db, request, path, repo } = await gitlabApiWorld(await open());
    await acceptApply(db, { repo, project: { name: 'new', dir: 'new', workspace: 'default' } }, 5);
    const { id } = await db.query
      .selectFrom('environments')
      .select('id')
      .where('name', '=', 'new')
      .executeTakeFirstOrThrow();
    const { json } = await request('maintainer', `${path}/environments/${id}`);
    expect(json).toMatchObject({ name: 'new', state: 'available', last_deployment: null });
  });

  it('shows the deployment of a commit that the mirror does not have', async () => {
    const { db, request, path, repo, ids } = await gitlabApiWorld(await open());
    const project = { name: 'production', dir: 'production', workspace: 'default' };
    await succeedApply(db, { repo, project, sha: 'd'.repeat(40) }, Date.UTC(2027, 0));
    const { json } = await request('maintainer', `${path}/environments/${ids[0]}`);
    expect(json).toMatchObject({ last_deployment: { sha: 'd'.repeat(40), deployable: { commit: null } } });
  });

  it('shows the cluster of an environment from developer upwards', async () => {
    const { db, request, path, ids } = await gitlabApiWorld(await open());
    const cluster = { kubernetes_namespace: 'flux-system', flux_resource_path: 'HelmRelease/flux-system' };
    await db.query.updateTable('environments').set(cluster).execute();
    const shownTo = async (caller: Caller) => {
      const { json } = await request(caller, `${path}/environments/${ids[0]}`);
      return Object.entries(json as object).filter(([key]) => /^(kubernetes|flux|cluster)_/.test(key));
    };
    expect(Object.fromEntries(await shownTo('developer'))).toEqual(cluster);
    expect(await shownTo('reporter')).toEqual([]);
  });

  const unknown: [string, unknown][] = [
    ['abc', { error: 'environment_id is invalid' }],
    ['review_apps', { error: 'environment_id is invalid' }],
    ['999999', { message: '404 Not found' }],
    ['99999999999999999999999', { message: '404 Not found' }],
  ];
  it('tells an id that cannot be from one that is not', async () => {
    const { request, path } = await gitlabApiWorld(await open());
    const answers: unknown[] = [];
    for (const [id] of unknown) answers.push([id, (await request('maintainer', `${path}/environments/${id}`)).json]);
    expect(answers).toEqual(unknown);
  });

  it('does not find an environment of another repo', async () => {
    const { db, request, ids } = await gitlabApiWorld(await open());
    const repo = await insertRepo(db, 'group/third');
    const reply = await request('maintainer', `/api/v4/projects/${repo.id}/environments/${ids[0]}`);
    expect([reply.status, reply.json]).toEqual([404, { message: '404 Not found' }]);
  });

  it('lets a query not override the path', async () => {
    const { request, path, ids } = await gitlabApiWorld(await open());
    const reply = await request('maintainer', `${path}/environments/${ids[0]}?environment_id=${ids[1]}&id=7`);
    expect(reply.json).toMatchObject({ name: 'production' });
  });
});
