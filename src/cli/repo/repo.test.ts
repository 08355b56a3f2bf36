import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { insertRepo } from '../../../test/support/applies.ts';
import { runPolder } from '../../../test/support/run-polder.ts';
import { temporaryDir } from '../../../test/support/temp.ts';
import { type Db, openDatabase } from '../../db/index.ts';
import { silentLog } from '../../lib/log.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('polder repo', () => {
  it('lists repositories with who may see them', async () => {
    const dataDir = await temporaryDir();
    expect((await polder(['repo', 'list'], dataDir)).output).toMatch(/^There are no repositories in sqlite:/);
    await withRepos(dataDir);
    const { output } = await polder(['repo', 'list'], dataDir);
    expect(output.split('\n')).toEqual([
      'ID  HOST        NAME      VISIBILITY',
      '1   local       acme/web  private',
      '2   github.com  acme/web  public',
      '3   local       acme/api  private',
      '',
    ]);
    const listed = JSON.parse((await polder(['repo', 'list', '--json'], dataDir)).output) as unknown[];
    expect(listed[1]).toEqual({
      id: 2,
      host: 'github.com',
      full_name: 'acme/web',
      visibility: 'public',
      created_at: '1970-01-01T00:00:01.000Z',
    });
  });

  it('shows one', async () => {
    const dataDir = await temporaryDir();
    await withRepos(dataDir);
    const { output } = await polder(['repo', 'show', 'acme/api'], dataDir);
    expect(output).toMatch(/^id: +3\nhost: +local\nfull name: +acme\/api\nvisibility: +private\n/);
  });

  it('makes one public, and writes down who did', async () => {
    const dataDir = await temporaryDir();
    await withRepos(dataDir);
    const set = ['repo', 'set', 'acme/api', '--visibility', 'public'];
    expect(await polder(set, dataDir)).toEqual({ code: 0, output: 'acme/api is public.\n', errors: [] });
    expect((await polder([...set, '--json'], dataDir)).output).toContain('"visibility":"public"');
    const events = await withDatabase(dataDir, (db) => db.query.selectFrom('audit_events').selectAll().execute());
    expect(events).toMatchObject([
      { action: 'repo.visibility', repo_id: 3, subject: 'acme/api', details: '{"from":"private","to":"public"}' },
    ]);
  });

  it.each([
    [['repo', 'show', 'acme/nope'], /^the server does not know "acme\/nope"/],
    [['repo', 'set', 'acme/web', '--visibility=public'], /^several hosts have "acme\/web": write local\/acme\/web or /],
  ])('refuses %j', async (words, message) => {
    const dataDir = await temporaryDir();
    await withRepos(dataDir);
    const { code, errors } = await polder(words, dataDir);
    expect([code, errors]).toEqual([1, [expect.stringMatching(message)]]);
  });

  it.each([[['repo', 'set', 'acme/api']], [['repo', 'set', 'acme/api', '--visibility=internal']], [['repo', 'show']]])(
    'does not understand %j',
    async (words) => {
      expect(await polder(words, await temporaryDir())).toMatchObject({ code: 2, output: '' });
    },
  );
});

async function withRepos(dataDir: string): Promise<void> {
  await withDatabase(dataDir, async (db) => {
    await insertRepo(db, 'acme/web');
    await insertRepo(db, 'acme/web', { host: 'github.com', hostType: 'Github', visibility: 'public' });
    await insertRepo(db, 'acme/api');
  });
}

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
