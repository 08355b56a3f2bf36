import { expect, it } from 'vitest';
import { insertRepo } from '../../test/support/applies.ts';
import { describeDatabases } from '../../test/support/database.ts';
import type { Db } from '../db/index.ts';
import { authenticate } from './authenticate.ts';
import { createToken, listTokens, type NewToken, revokeToken } from './tokens.ts';
import { ensureHostUser, ensureSystemUser } from './users.ts';

const minute = 60_000;

async function request(db: Db, rest: Partial<NewToken> = {}): Promise<NewToken> {
  const actor = await ensureSystemUser(db, 'polder', 1);
  return { name: 'ci', role: 'developer', scope: 'api', repoId: null, expiresAt: null, now: 1000, actor, ...rest };
}

async function create(db: Db, rest: Partial<NewToken> = {}): Promise<{ id: number; token: string }> {
  const result = await createToken(db, await request(db, rest));
  if (result.kind === 'refused') throw new Error(result.message);
  return result;
}

describeDatabases('tokens', (open) => {
  it('authenticates whoever shows the secret', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    const { id, token } = await create(db, { role: 'maintainer', scope: 'read_api', repoId: repo.id });
    expect(token).toMatch(/^pldr_[0-9a-f]{64}$/);
    expect(await authenticate(db, token, 2000)).toMatchObject({
      kind: 'known',
      tokenId: id,
      principal: {
        actor: { kind: 'token', login: 'ci' },
        role: 'maintainer',
        scope: 'read_api',
        repoId: repo.id,
      },
    });
  });

  it('keeps the secret nowhere in the database', async () => {
    const db = await open();
    const { token } = await create(db);
    const tables = ['users', 'tokens', 'audit_events'] as const;
    const rows = await Promise.all(tables.map((table) => db.query.selectFrom(table).selectAll().execute()));
    expect(JSON.stringify(rows)).not.toContain(token.slice('pldr_'.length));
  });

  it.each(['', 'pldr_', 'x', `pldr_${'0'.repeat(64)}`, '\u0000'])('does not know the secret %j', async (secret) => {
    const db = await open();
    await create(db);
    expect(await authenticate(db, secret, 2000)).toEqual({ kind: 'unknown' });
  });

  it('tells an expired secret from an unknown one', async () => {
    const db = await open();
    const { token } = await create(db, { expiresAt: 5000 });
    expect((await authenticate(db, token, 4999)).kind).toBe('known');
    expect(await authenticate(db, token, 5000)).toEqual({ kind: 'expired' });
  });

  it('refuses a revoked secret at once', async () => {
    const db = await open();
    const { token } = await create(db);
    const { actor } = await request(db);
    expect((await revokeToken(db, { token: 'ci', actor, now: 2000 })).kind).toBe('revoked');
    expect(await authenticate(db, token, 2000)).toEqual({ kind: 'revoked' });
  });

  it('revokes by id', async () => {
    const db = await open();
    const { id } = await create(db);
    const { actor } = await request(db);
    const result = await revokeToken(db, { token: String(id), actor, now: 2000 });
    expect(result).toMatchObject({ kind: 'revoked', token: { name: 'ci', revokedAt: 2000 } });
  });

  it.each(['nobody', '999', '99999999999999999999'])('finds no token %s to revoke', async (token) => {
    const db = await open();
    await create(db);
    const { actor } = await request(db);
    expect(await revokeToken(db, { token, actor, now: 2000 })).toEqual({ kind: 'not_found' });
  });

  it('refuses a name that a working token has', async () => {
    const db = await open();
    await create(db);
    expect(await createToken(db, await request(db))).toEqual({
      kind: 'refused',
      reason: 'name_taken',
      message: 'a token named ci exists; revoke it first or choose another name',
    });
  });

  it('gives the name of a revoked token to a new one that acts as the same user', async () => {
    const db = await open();
    const first = await create(db);
    const before = await authenticate(db, first.token, 1500);
    await revokeToken(db, { token: 'ci', actor: (await request(db)).actor, now: 2000 });
    const second = await create(db, { now: 3000 });
    const after = await authenticate(db, second.token, 3500);
    expect(before.kind === 'known' && after.kind === 'known' && after.principal.actor).toEqual(
      before.kind === 'known' && before.principal.actor,
    );
  });

  it('gives the name of an expired token to a new one', async () => {
    const db = await open();
    await create(db, { expiresAt: 2000 });
    expect((await createToken(db, await request(db, { now: 2000 }))).kind).toBe('created');
  });

  it('lets one of many win who ask for a name at once', async () => {
    const db = await open();
    const wanted = await request(db);
    const results = await Promise.all(Array.from({ length: 12 }, () => createToken(db, wanted)));
    expect(results.filter((result) => result.kind === 'created')).toHaveLength(1);
  });

  it.each(['', '42', ' ci', 'a\nb', 'x'.repeat(101), 'a/b'])('refuses the name %j', async (name) => {
    const db = await open();
    expect(await createToken(db, await request(db, { name }))).toMatchObject({ reason: 'name_invalid' });
  });

  it('refuses an expiry that has passed', async () => {
    const db = await open();
    expect(await createToken(db, await request(db, { expiresAt: 1000 }))).toMatchObject({ reason: 'expiry_past' });
  });

  it('lists tokens, newest first, with what they allow', async () => {
    const db = await open();
    await create(db, { name: 'first' });
    const { id } = await create(db, { name: 'second', role: 'owner', expiresAt: 9000 });
    const [second, first] = await listTokens(db);
    expect(first?.name).toBe('first');
    expect(second).toEqual({
      id,
      name: 'second',
      role: 'owner',
      scope: 'api',
      repoId: null,
      createdAt: 1000,
      expiresAt: 9000,
      revokedAt: null,
      lastUsedAt: null,
    });
  });

  it('writes down the last use at most once a minute', async () => {
    const db = await open();
    const { token } = await create(db);
    const used: (number | null | undefined)[] = [];
    for (const now of [2000, 2000 + minute - 1, 2000 + minute]) {
      await authenticate(db, token, now);
      used.push((await listTokens(db))[0]?.lastUsedAt);
    }
    expect(used).toEqual([2000, 2000, 2000 + minute]);
  });

  it('writes down who made and who revoked a token', async () => {
    const db = await open();
    const { id } = await create(db);
    const { actor } = await request(db);
    await revokeToken(db, { token: 'ci', actor, now: 2000 });
    const rows = await db.query.selectFrom('audit_events').selectAll().orderBy('id').execute();
    const details = JSON.stringify({ id, role: 'developer', scope: 'api' });
    expect(rows.map(({ id: _id, ...row }) => row)).toEqual([
      { actor_id: actor.id, action: 'token.create', repo_id: null, subject: 'ci', details, created_at: 1000 },
      { actor_id: actor.id, action: 'token.revoke', repo_id: null, subject: 'ci', details, created_at: 2000 },
    ]);
  });
});

describeDatabases('users', (open) => {
  it('gives one row to many who name a new login at once', async () => {
    const db = await open();
    const actors = await Promise.all(Array.from({ length: 12 }, () => ensureSystemUser(db, 'atlantis-api', 1)));
    expect(new Set(actors.map((actor) => actor.id)).size).toBe(1);
  });

  it('keeps equal logins of two hosts apart', async () => {
    const db = await open();
    const one = await ensureHostUser(db, { host: 'github.com', login: 'ann' }, 1);
    const other = await ensureHostUser(db, { host: 'gitlab.com', login: 'ann' }, 1);
    expect(one.id).not.toBe(other.id);
  });

  it('knows the holders of tokens, and the server itself, by their logins at local', async () => {
    const db = await open();
    await create(db);
    const { actor: server } = await request(db);
    const at = (login: string) => ensureHostUser(db, { host: 'local', login }, 1);
    expect([await at('ci'), await at(server.login), await at('ann')]).toMatchObject([
      { kind: 'token', login: 'ci' },
      server,
      { kind: 'host', login: 'ann' },
    ]);
  });

  it.each(['polder', 'atlantis-api'])('lets no token be named %s', async (name) => {
    const db = await open();
    const refusal = await createToken(db, { ...(await request(db)), name });
    expect(refusal).toMatchObject({ kind: 'refused', reason: 'name_invalid' });
  });
});
