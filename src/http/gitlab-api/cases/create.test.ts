import { expect } from 'vitest';
import { insertRepo } from '../../../../test/support/applies.ts';
import { insertAgent } from '../../../../test/support/environments.ts';
import { type Case, describeCases } from '../../../../test/support/gitlab-api-cases.ts';

const refused = (field: string, text: string) => ({
  status: 400,
  holds: { message: { [field]: expect.arrayContaining([text]) as string[] } },
});
const taken = 'has already been taken';
const format =
  "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'";
const unknownAgent = {
  status: 400,
  json: { message: "400 Bad request - cluster agent doesn't exist or cannot be associated with this environment" },
};

const cases: Case[] = [
  {
    row: 41,
    as: 'M',
    request: 'POST P/environments',
    form: 'name=mepmep&tier=staging',
    expect: {
      status: 201,
      holds: {
        name: 'mepmep',
        slug: 'mepmep',
        tier: 'staging',
        external_url: null,
        state: 'available',
        description: null,
        auto_stop_at: null,
        auto_stop_setting: 'always',
        created_at: '2026-01-15T12:00:00.250Z',
        updated_at: '2026-01-15T12:00:00.250Z',
        project: { id: 1, path_with_namespace: 'group/sub/my.proj' },
      },
    },
  },
  {
    row: 42,
    as: 'M',
    request: 'POST P/environments',
    form: 'name=deploy&external_url=https://deploy.gitlab.example.com',
    expect: {
      status: 201,
      holds: { slug: 'deploy', tier: 'other', external_url: 'https://deploy.gitlab.example.com' },
    },
  },
  {
    row: 43,
    as: 'M',
    request: 'POST P/environments',
    form: 'external_url=test.gitlab.com',
    expect: { status: 400, json: { error: 'name is missing' } },
  },
  {
    row: 44,
    as: 'M',
    request: 'POST P/environments',
    form: 'name=production',
    expect: { status: 400, json: { message: { name: [taken], slug: [taken] } } },
  },
  {
    row: 45,
    as: 'M',
    request: 'POST P/environments',
    form: 'name=foo&slug=foo',
    expect: { status: 400, json: { error: 'slug is automatically generated and cannot be changed' } },
  },
  {
    row: 46,
    as: 'M',
    request: 'POST P/environments',
    form: 'name=x&tier=gold',
    expect: { status: 400, json: { error: 'tier does not have a valid value' } },
  },
  { row: 47, as: 'M', request: 'POST P/environments', form: 'name=/x', expect: refused('name', format) },
  { row: 48, as: 'M', request: 'POST P/environments', form: 'name=', expect: refused('name', "can't be blank") },
  { row: 48, as: 'M', request: 'POST P/environments', json: { name: null }, expect: refused('name', "can't be blank") },
  {
    row: 49,
    as: 'M',
    request: 'POST P/environments',
    form: `name=${'a'.repeat(256)}`,
    expect: { status: 400, json: { message: { name: ['is too long (maximum is 255 characters)'] } } },
  },
  {
    row: 49,
    as: 'M',
    request: 'POST P/environments',
    json: { name: 'a'.repeat(1_000_000) },
    expect: { status: 400, json: { message: { name: ['is too long (maximum is 255 characters)'] } } },
  },
  {
    row: 50,
    as: 'M',
    request: 'POST P/environments',
    form: 'name=y&external_url=javascript:alert(1)',
    expect: { status: 400, json: { message: { external_url: ['javascript scheme is not allowed'] } } },
  },
  {
    row: 51,
    as: 'M',
    given: (world) => world.request('maintainer', `${world.path}/environments?name=foo`, { method: 'POST' }),
    request: 'POST P/environments',
    form: 'name=foo-',
    expect: { status: 400, json: { message: { slug: [taken] } } },
  },
  { row: 52, as: 'M', request: 'POST P/environments', form: 'name=y&cluster_agent_id=999999', expect: unknownAgent },
  {
    row: 52,
    as: 'M',
    request: async (world) => {
      const other = await insertRepo(world.db, 'group/third');
      return {
        request: 'POST P/environments',
        form: `name=y&cluster_agent_id=${await insertAgent({ db: world.db, repo: other })}`,
      };
    },
    expect: unknownAgent,
  },
  {
    row: 53,
    as: 'M',
    request: 'POST P/environments',
    form: 'name=y&kubernetes_namespace=ns',
    expect: { status: 400, json: { message: { kubernetes_namespace: ['cannot be set without a cluster agent'] } } },
  },
  {
    row: 54,
    as: 'M',
    request: async (world) => ({
      request: 'POST P/environments',
      form: `name=y&cluster_agent_id=${await insertAgent(world)}`,
    }),
    expect: {
      status: 201,
      holds: {
        cluster_agent: {
          id: 1,
          name: 'agent-1',
          config_project: {
            id: 1,
            path_with_namespace: 'group/sub/my.proj',
            name_with_namespace: 'group / sub / my.proj',
          },
          created_at: '1970-01-01T00:00:01.000Z',
          created_by_user_id: 1,
        },
        kubernetes_namespace: null,
        flux_resource_path: null,
      },
    },
  },
  {
    row: 55,
    as: 'M',
    request: 'POST P/environments',
    json: { name: 'j1', unknown: 1 },
    expect: { status: 201, holds: { name: 'j1' } },
  },
  {
    row: 56,
    as: 'M',
    request: 'POST P/environments',
    headers: { 'content-type': 'multipart/form-data; boundary=------------------------b' },
    body: '--------------------------b\r\nContent-Disposition: form-data; name="name"\r\n\r\nm1\r\n--------------------------b--\r\n',
    expect: { status: 201, holds: { name: 'm1' } },
  },
  { row: 57, as: 'M', request: 'POST P/environments?name=q1', expect: { status: 201, holds: { name: 'q1' } } },
  {
    row: 58,
    as: 'R',
    request: 'POST P/environments',
    form: 'name=z',
    expect: { status: 403, json: { message: '403 Forbidden' } },
  },
  {
    row: 59,
    as: 'N',
    request: 'POST P/environments',
    form: 'name=gitlab.com',
    expect: { status: 404, json: { message: '404 Project Not Found' } },
  },
  {
    row: 61,
    as: 'D',
    request: 'POST P/environments',
    form: 'name=Review/X',
    expect: {
      status: 201,
      holds: { slug: expect.stringMatching(/^review-x-[a-z0-9]{6}$/) as string, tier: 'development' },
    },
  },
  {
    row: 62,
    as: 'M',
    request: 'POST P/environments',
    form: 'name=y2&auto_stop_setting=never',
    expect: { status: 400, json: { error: 'auto_stop_setting does not have a valid value' } },
  },
  {
    row: 159,
    as: 'A',
    request: async ({ newToken }) => ({
      request: 'POST P/environments',
      form: 'name=s',
      headers: { 'private-token': await newToken({ name: 'ro', role: 'maintainer', scope: 'read_api' }) },
    }),
    expect: {
      status: 403,
      json: {
        error: 'insufficient_scope',
        error_description: 'The request requires higher privileges than provided by the access token.',
        scope: 'api read_api',
      },
    },
  },
  {
    row: 160,
    as: 'M',
    request: 'POST P/environments',
    headers: { 'content-type': 'text/plain' },
    body: 'x',
    expect: { status: 415, json: { error: "The provided content-type 'text/plain' is not supported." } },
  },
  {
    row: 161,
    as: 'M',
    request: 'GET P/environments?name=%00',
    expect: { status: 400, text: 'Bad Request', headers: { 'content-type': 'text/plain' } },
  },
  {
    row: 161,
    as: 'M',
    request: 'POST P/environments',
    form: 'name=a%00b',
    expect: { status: 400, text: 'Bad Request', headers: { 'content-type': 'text/plain' } },
  },
  {
    row: 161,
    as: 'M',
    request: 'POST P/environments',
    json: { name: 'x', description: 'a\0b' },
    expect: { status: 400, text: 'Bad Request' },
  },
];

describeCases('the cases of creating environments', cases);
