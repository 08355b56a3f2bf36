import { expect } from 'vitest';
import { type Case, describeCases } from '../../../../test/support/gitlab-api-cases.ts';
import { baseUrl, type Reply } from '../../../../test/support/gitlab-api-world.ts';

const shows = (...names: string[]) => ({ status: 200, holds: names.map((name) => ({ name })) });
const all = shows('production', 'review/fix-foo', 'staging-eu');
const none = { status: 200, json: [] };
const unauthorized = { status: 401, json: { message: '401 Unauthorized' } };
const noProject = { status: 404, json: { message: '404 Project Not Found' } };
const wrongState = { status: 400, json: { error: 'states does not have a valid value' } };

const cases: Case[] = [
  {
    row: 1,
    as: 'M',
    request: 'GET P/environments',
    expect: (reply: Reply) => {
      const rows = reply.json as Record<string, unknown>[];
      return {
        status: rows.some((row) => 'last_deployment' in row) ? 0 : 200,
        holds: [1, 2, 3].map((id) => ({
          id,
          project: { id: 1 },
          tier: 'other',
          state: id === 2 ? 'stopped' : 'available',
        })),
        headers: { 'x-total': '3', 'x-page': '1' },
      };
    },
  },
  { row: 2, as: 'A', request: 'GET P/environments', expect: unauthorized },
  { row: 3, as: 'A', request: 'GET P/environments?states=bad', expect: unauthorized },
  { row: 4, as: 'N', request: 'GET P/environments', expect: noProject },
  { row: 5, as: 'N', request: 'GET P/environments?states=bad', expect: wrongState },
  { row: 6, as: 'G', request: 'GET P/environments', expect: { status: 403, json: { message: '403 Forbidden' } } },
  { row: 7, as: 'R', request: 'GET P/environments', expect: all },
  { row: 8, as: 'M', request: 'GET P/environments?name=production', expect: shows('production') },
  { row: 9, as: 'M', request: 'GET P/environments?name=PRODUCTION', expect: none },
  { row: 10, as: 'M', request: 'GET P/environments?name=test', expect: none },
  { row: 11, as: 'M', request: 'GET P/environments?name=review%2Ffix-foo', expect: shows('review/fix-foo') },
  { row: 12, as: 'M', request: 'GET P/environments?search=prod', expect: shows('production') },
  { row: 13, as: 'M', request: 'GET P/environments?search=PROD', expect: shows('production') },
  { row: 14, as: 'M', request: 'GET P/environments?search=duction', expect: none },
  { row: 15, as: 'M', request: 'GET P/environments?search=produc%25', expect: none },
  { row: 16, as: 'M', request: 'GET P/environments?search=fix', expect: shows('review/fix-foo') },
  { row: 17, as: 'M', request: 'GET P/environments?search=review', expect: shows('review/fix-foo') },
  {
    row: 18,
    as: 'M',
    request: 'GET P/environments?search=ab',
    expect: { status: 400, json: { message: '400 Bad request - Search query is less than 3 characters' } },
  },
  { row: 19, as: 'M', request: 'GET P/environments?search=', expect: all },
  {
    row: 20,
    as: 'M',
    request: 'GET P/environments?name=production&search=prod',
    expect: { status: 400, json: { error: 'name, search cannot be used together' } },
  },
  { row: 21, as: 'M', request: 'GET P/environments?states=available', expect: shows('production', 'staging-eu') },
  { row: 22, as: 'M', request: 'GET P/environments?states=stopped', expect: shows('review/fix-foo') },
  { row: 23, as: 'M', request: 'GET P/environments?states=stopping', expect: none },
  { row: 24, as: 'M', request: 'GET P/environments?states=test', expect: wrongState },
  { row: 25, as: 'M', request: 'GET P/environments?states=available,stopped', expect: wrongState },
  {
    row: 26,
    as: 'M',
    request: 'GET P/environments?per_page=2',
    expect: {
      ...shows('production', 'review/fix-foo'),
      headers: {
        'x-next-page': '2',
        'x-prev-page': '',
        'x-total': '3',
        'x-total-pages': '2',
        link: [
          `<${baseUrl}/api/v4/projects/1/environments?id=1&page=2&per_page=2>; rel="next"`,
          `<${baseUrl}/api/v4/projects/1/environments?id=1&page=1&per_page=2>; rel="first"`,
          `<${baseUrl}/api/v4/projects/1/environments?id=1&page=2&per_page=2>; rel="last"`,
        ].join(', '),
      },
    },
  },
  {
    row: 27,
    as: 'M',
    request: 'GET P/environments?per_page=500',
    expect: { ...all, headers: { 'x-per-page': '100' } },
  },
  {
    row: 28,
    as: 'M',
    request: 'GET P/environments?per_page=0',
    expect: { status: 400, json: { error: 'per_page has a value not allowed' } },
  },
  {
    row: 29,
    as: 'M',
    request: 'GET P/environments?page=a',
    expect: { status: 400, json: { error: 'page is invalid' } },
  },
  { row: 30, as: 'M', request: 'GET P/environments?page=-10', expect: { ...all, headers: { 'x-page': '1' } } },
  { row: 31, as: 'M', request: 'GET P/environments?page=99', expect: none },
  { row: 32, as: 'M', request: 'GET P/environments?pagination=keyset', expect: all },
  { row: 33, as: 'M', request: 'GET /api/v4/projects/group%2Fsub%2Fmy%2Eproj/environments', expect: all },
  { row: 34, as: 'M', request: 'GET /api/v4/projects/GROUP%2fSub%2fmy.proj/environments', expect: all },
  { row: 35, as: 'M', request: 'GET /api/v4/projects/my.proj/environments', expect: noProject },
  {
    row: 36,
    as: 'M',
    request: 'GET /api/v4/projects/group/sub/my.proj/environments',
    expect: { status: 404, json: { error: '404 Not Found' } },
  },
  {
    row: 39,
    as: 'A',
    request: ({ token }) => ({
      request: 'GET P/environments',
      headers: { authorization: `Bearer ${token('maintainer')}` },
    }),
    expect: all,
  },
  {
    row: 40,
    as: 'A',
    request: ({ token }) => ({ request: `GET P/environments?per_page=1&private_token=${token('maintainer')}` }),
    expect: {
      ...shows('production'),
      headers: { link: expect.not.stringContaining('token') as string },
    },
  },
];

describeCases('the cases of listing environments', cases);
