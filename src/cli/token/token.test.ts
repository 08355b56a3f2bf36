import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { insertRepo } from '../../../test/support/applies.ts';
import { runPolder } from '../../../test/support/run-polder.ts';
import { temporaryDir } from '../../../test/support/temp.ts';
import { authenticate } from '../../access/index.ts';
import { type Db, openDatabase } from '../../db/index.ts';
import { silentLog } from '../../lib/log.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('polder token', () => {
  it('makes a token that opens, prints it once as JSON, and lists it without its secret', async () => {
    const dataDir = await temporaryDir();
    const made = await polder(['token', 'create', '--role=developer', '--name=ci', '--expires=30d', '--json'], dataDir);
    expect(made).toMatchObject({ code: 0, errors: [] });
    const { token, ...facts } = JSON.parse(made.output) as { token: string };
    expect(facts).toEqual({
      id: expect.any(Number) as number,
      name: 'ci',
      role: 'developer',
      scope: 'api',
      repo: null,
      expires_at: '2026-02-01T03:04:05.000Z',
    });
    await withDatabase(dataDir, async (db) => {
      expect(await authenticate(db, token, now)).toMatchObject({ kind: 'known' });
    });
    const listed = await polder(['token', 'list'], dataDir);
    expect(listed.output.split('\n')).toEqual([
      'ID  NAME  ROLE       SCOPE  REPOSITORY  STATUS  EXPIRES           LAST USED',
      expect.stringMatching(/^\d+ {3}ci {4}developer {2}api {4}all {9}active {2}2026-02-01 03:04 {2}/),
      '',
    ]);
    expect(listed.output).not.toContain(token);
  });

  it('shows a person the token on a line of its own', async () => {
    const { output } = await polder(['token', 'create', '--role=guest', '--name=ann'], await temporaryDir());
    expect(output).toMatch(/^Made the token ann \(id \d+\): guest, api, for all repositories; it does not expire\.\n/);
    expect(output).toMatch(/\n\n {2}\S{20,}\n\n/);
  });

  it('limits a token to one repository', async () => {
    const dataDir = await temporaryDir();
    const repo = await withDatabase(dataDir, (db) => insertRepo(db, 'acme/web'));
    const create = ['token', 'create', '--role=guest', '--json'];
    const made = await polder([...create, '--name=a', '--repo=acme/web'], dataDir);
    expect(JSON.parse(made.output)).toMatchObject({ repo: 'acme/web' });
    const withHost = await polder([...create, '--name=b', `--repo=${repo.host}/acme/web`], dataDir);
    expect(JSON.parse(withHost.output)).toMatchObject({ repo: 'acme/web' });
    const unknown = await polder([...create, '--name=c', '--repo=acme/nope'], dataDir);
    expect(unknown).toMatchObject({
      code: 1,
      errors: [
        '--repo: the server does not know "acme/nope": it knows a repository from the first request that names it',
      ],
    });
  });

  it('revokes a token by its name and by its id', async () => {
    const dataDir = await temporaryDir();
    const create = ['token', 'create', '--role=guest', '--json'];
    await polder([...create, '--name=a'], dataDir);
    const { id } = JSON.parse((await polder([...create, '--name=b'], dataDir)).output) as { id: number };
    expect((await polder(['token', 'revoke', 'a'], dataDir)).output).toMatch(/^Revoked the token a \(id \d+\)\.\n$/);
    const byId = await polder(['token', 'revoke', '--json', String(id)], dataDir);
    expect(JSON.parse(byId.output)).toEqual({ id, name: 'b', revoked_at: '2026-01-02T03:04:05.000Z' });
    const listed = JSON.parse((await polder(['token', 'list', '--json'], dataDir)).output) as { status: string }[];
    expect(listed.map(({ status }) => status)).toEqual(['revoked', 'revoked']);
  });

  it('repeats nothing of what it is asked to revoke, which may be a secret', async () => {
    const { code, errors } = await polder(['token', 'revoke', 'hunter2'], await temporaryDir());
    expect({ code, errors }).toEqual({
      code: 1,
      errors: ['no token in force has this name or id; `polder token list` shows those there are'],
    });
  });

  it('says which database has no tokens', async () => {
    const dataDir = await temporaryDir();
    expect((await polder(['token', 'list'], dataDir)).output).toBe(
      `There are no tokens in sqlite:${join(dataDir, 'polder', 'polder.db')}.\n`,
    );
    expect((await polder(['token', 'list', '--json'], dataDir)).output).toBe('[]\n');
  });

  it.each([
    [[], ['--name must be set', '--role must be set']],
    [['--name=a', '--role=boss'], ['invalid --role: must be one of [guest reporter developer maintainer owner admin]']],
    [['--name=a', '--role=guest', '--scope=all'], ['invalid --scope: must be one of [api read_api]']],
    [
      ['--name=a', '--role=guest', '--expires=soon'],
      ['--expires: "soon" is not a duration such as 90s, 30m, 1h30m or 2d'],
    ],
    [['--name=a', '--role=guest', 'x'], ['usage: polder token create --name <name> --role <role> [flags]']],
    [['--nmae=a'], ['unknown flag: --nmae; did you mean --name?']],
  ])('refuses `token create` with %j', async (words, errors) => {
    expect(await polder(['token', 'create', ...words], '/nowhere')).toEqual({ code: 2, output: '', errors });
  });

  it('refuses a name that is taken', async () => {
    const dataDir = await temporaryDir();
    const create = ['token', 'create', '--role=guest', '--name=a'];
    await polder(create, dataDir);
    expect(await polder(create, dataDir)).toMatchObject({
      code: 1,
      errors: [expect.stringMatching(/^making the token: /)],
    });
  });

  it('tells a database that cannot be opened, without its password', async () => {
    const { code, errors } = await polder(
      ['token', 'list', '--database-url=postgres://u:hunter2@127.0.0.1:1/d'],
      '/nowhere',
    );
    expect(code).toBe(1);
    expect(errors.join()).toMatch(/^opening the database postgres:\/\/u:\*\*\*@127\.0\.0\.1:1\/d: /);
  });
});

function polder(words: readonly string[], dataDir: string) {
  return runPolder(words, { env: { POLDER_DATA_DIR: dataDir }, now: () => now });
}

async function withDatabase<T>(dataDir: string, work: (db: Db) => Promise<T>): Promise<T> {
  const db = await openDatabase({ url: `sqlite:${join(dataDir, 'polder', 'polder.db')}`, log: silentLog() });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
