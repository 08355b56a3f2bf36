import { describe, expect, it } from 'vitest';
import { onCleanup } from '../../../test/support/cleanup.ts';
import { type Caller, gitlabApiWorld } from '../../../test/support/gitlab-api-world.ts';
import { openDatabase } from '../../db/index.ts';
import { silentLog } from '../../lib/log.ts';

async function world() {
  const db = await openDatabase({ url: 'sqlite::memory:', log: silentLog() });
  onCleanup(() => db.close());
  const { request, path, ...rest } = await gitlabApiWorld(db, { applied: false });
  const send = (
    contentType: string | undefined,
    payload: string | Buffer,
    rest: { readonly as?: Caller; readonly url?: string; readonly method?: 'POST' | 'DELETE' } = {},
  ) => {
    const headers = contentType === undefined ? {} : { 'content-type': contentType };
    const { as = 'maintainer', url = `${path}/environments`, method = 'POST' } = rest;
    return request(as, url, { method, payload, headers });
  };
  return { ...rest, request, path, send };
}

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';
const notAsDeclared = { error: 'message body does not match declared format' };
const missing = { error: 'name is missing' };

const part = (name: string, value: string) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

describe('what a body says', () => {
  const good: [string, string | undefined, string | Buffer, string][] = [
    ['JSON', json, '{"name":"a"}', 'a'],
    ['JSON with a character set', 'application/json; charset=utf-8', '{"name":"a"}', 'a'],
    ['JSON in capitals', 'Application/JSON', '{"name":"a"}', 'a'],
    ['a number for a text', json, '{"name":12}', '12'],
    ['a form', form, 'name=a+b', 'a b'],
    ['parts', 'multipart/form-data; boundary=b', `${part('name', 'a')}${part('description', 'x')}--b--\r\n`, 'a'],
  ];
  it.each(good)('is read as %s', async (...[, type, body, name]) => {
    const { send } = await world();
    const reply = await send(type, body);
    expect([reply.status, reply.json]).toEqual([201, expect.objectContaining({ name })]);
  });

  const refused: [string, string | undefined, string | Buffer, number, unknown][] = [
    ['broken JSON', json, '{', 400, notAsDeclared],
    ['a list', json, '[1]', 400, notAsDeclared],
    ['a number', json, '1', 400, notAsDeclared],
    ['null', json, 'null', 400, missing],
    ['an empty object', json, '{}', 400, missing],
    ['nothing, though it says JSON', json, '', 400, missing],
    ['nothing, whatever it says', 'text/plain', '', 400, missing],
    [
      'another type',
      'application/xml',
      '<a/>',
      415,
      { error: "The provided content-type 'application/xml' is not supported." },
    ],
    [
      'another type with more',
      'Text/CSV; x=1',
      'a',
      415,
      { error: "The provided content-type 'text/csv' is not supported." },
    ],
    ['no type', undefined, 'name=a', 415, { error: "The provided content-type '' is not supported." }],
    ['parts without a boundary', 'multipart/form-data', part('name', 'a'), 400, notAsDeclared],
    ['parts that end early', 'multipart/form-data; boundary=b', part('name', 'a'), 400, notAsDeclared],
    ['a list for a text', json, '{"name":["a"]}', 400, { error: 'name is invalid' }],
    [
      'several wrong types',
      json,
      '{"name":{},"cluster_agent_id":1.5,"tier":[]}',
      400,
      { error: 'name is invalid, tier is invalid, cluster_agent_id is invalid' },
    ],
    [
      'an infinite number',
      json,
      '{"name":"a","cluster_agent_id":1e999}',
      400,
      { error: 'cluster_agent_id is invalid' },
    ],
    ['a slug', json, '{"name":"a","slug":1}', 400, { error: 'slug is automatically generated and cannot be changed' }],
    [
      'two timers',
      json,
      '{"name":"a","auto_stop_at":null,"auto_stop_in":"1 day"}',
      400,
      { error: 'auto_stop_at, auto_stop_in are mutually exclusive' },
    ],
    ['a timer that is none', json, '{"name":"a","auto_stop_in":"soon"}', 400, { error: 'auto_stop_in is invalid' }],
    ['a deep list', json, `{"name":"a","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 201, expect.anything()],
    [
      'an agent beyond numbers',
      json,
      '{"name":"a","cluster_agent_id":99999999999999999999999}',
      400,
      { message: "400 Bad request - cluster agent doesn't exist or cannot be associated with this environment" },
    ],
  ];
  it.each(refused)('may be %s', async (...[, type, body, status, answer]) => {
    const { send } = await world();
    const reply = await send(type, body);
    expect([reply.status, reply.json]).toEqual([status, answer]);
  });

  it.each<[string, string, string | Buffer]>([
    ['a NUL byte in a form', form, 'name=a%00'],
    ['a NUL byte in a name of JSON', json, '{"a\\u0000":1}'],
    ['a NUL byte deep in JSON', json, '{"a":[{"b":"\\u0000"}]}'],
    ['half a pair of code units', json, '{"name":"\\ud800"}'],
    ['bytes that are no UTF-8 in a form', form, 'name=%ff'],
    ['raw bytes that are no UTF-8', json, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['a cut escape', form, 'name=%'],
    ['names that contradict each other', form, 'name=a&name[b]=c'],
    ['a NUL byte in a part', 'multipart/form-data; boundary=b', `${part('name', 'a\0')}--b--\r\n`],
  ])('is malformed with %s', async (_name, type, body) => {
    const { send } = await world();
    for (const as of ['maintainer', 'anonymous'] as const) {
      const reply = await send(type, body, { as });
      expect([reply.status, reply.text, reply.headers['content-type']]).toEqual([400, 'Bad Request', 'text/plain']);
    }
  });

  it('is looked at after the credential', async () => {
    const { send } = await world();
    for (const [type, body] of [
      [json, '{'],
      ['text/plain', 'x'],
    ] as const) {
      expect((await send(type, body, { as: 'anonymous' })).status).toBe(401);
    }
  });

  it('may hold the credential', async () => {
    const { send, token } = await world();
    const body = JSON.stringify({ name: 'a', private_token: token('developer') });
    expect((await send(json, body, { as: 'anonymous' })).status).toBe(201);
  });

  it('wins over the query, and the path over both', async () => {
    const { send, path } = await world();
    const url = `${path}/environments?name=query&id=7&tier=staging`;
    const reply = await send(json, '{"name":"body","id":8}', { url });
    expect(reply.json).toMatchObject({ name: 'body', tier: 'staging', project: { id: 1 } });
  });

  it('is read on DELETE too', async () => {
    const { send, path } = await world();
    const reply = await send(json, '{"force":true}', { method: 'DELETE', url: `${path}/environments/1` });
    expect(reply.status).toBe(204);
  });

  it('is at most a mebibyte', async () => {
    const { send } = await world();
    const reply = await send(json, `{"name":"${'a'.repeat(1024 * 1024)}"}`);
    expect([reply.status, reply.json]).toEqual([413, { message: '413 Request Entity Too Large' }]);
  });
});

describe('malformed addresses and credentials', () => {
  it.each(['/api/v4/%00', '/api/v4/projects/%ff/environments', '/api/v4/projects/1/environments/%zz'])(
    'answers %s like any malformed text',
    async (url) => {
      const { request } = await world();
      const reply = await request('maintainer', url);
      expect([reply.status, reply.text]).toEqual([400, 'Bad Request']);
    },
  );

  it('refuses a token that is no UTF-8', async () => {
    const { request, path } = await world();
    const headers = { 'private-token': 'pldr_\xff' };
    const reply = await request('anonymous', `${path}/environments`, { headers });
    expect([reply.status, reply.text]).toEqual([400, 'Bad Request']);
  });
});
