import { expect, it } from 'vitest';
import { insertRepo } from '../../test/support/applies.ts';
import { describeDatabases } from '../../test/support/database.ts';
import type { Db } from '../db/index.ts';
import { authenticate } from './authenticate.ts';
import { endJobToken, mintJobToken } from './job-tokens.ts';
import { roleOfActor } from './role-of-actor.ts';
import { createToken, listTokens, type NewToken, revokeToken } from './tokens.ts';
import type { Actor } from './types.ts';
import { ensureHostUser, ensureSystemUser } from './users.ts';

async function makeToken(db: Db, rest: Partial<NewToken>): Promise<Actor> {
  const actor = await ensureSystemUser(db, 'polder', 1);
  const request = { name: 'ci', role: 'developer', scope: 'api', repoId: null, expiresAt: null, now: 1000 } as const;
  const made = await createToken(db, { ...request, actor, ...rest });
  if (made.kind === 'refused') throw new Error(made.message);
  const shown = await authenticate(db, made.token, 1000);
  if (shown.kind !== 'known') throw new Error(shown.kind);
  return shown.principal.actor;
}

describeDatabases('mintJobToken', (open) => {
  it('makes a token with the rights of the actor, good for one repo alone', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    const actor = await makeToken(db, { role: 'maintainer' });
    const secret = await db.transaction((tx) => mintJobToken(tx, { jobId: 7, repoId: repo.id, actor, now: 2000 }));
    expect(await authenticate(db, secret, 2000)).toMatchObject({
      kind: 'known',
      jobId: 7,
      principal: { actor, role: 'maintainer', scope: 'api', repoId: repo.id },
    });
  });

  it('is no token that people list or revoke', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    const actor = await ensureSystemUser(db, 'atlantis-api', 1);
    const secret = await db.transaction((tx) => mintJobToken(tx, { jobId: 7, repoId: repo.id, actor, now: 2000 }));
    expect(await listTokens(db)).toEqual([]);
    const shown = await authenticate(db, secret, 2000);
    const id = shown.kind === 'known' ? String(shown.tokenId) : '';
    for (const token of [id, 'job 7']) {
      expect(await revokeToken(db, { token, actor, now: 2000 })).toEqual({ kind: 'not_found' });
    }
  });

  it('ends with the job', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    const actor = await ensureSystemUser(db, 'atlantis-api', 1);
    const secret = await db.transaction((tx) => mintJobToken(tx, { jobId: 7, repoId: repo.id, actor, now: 2000 }));
    await db.transaction((tx) => endJobToken(tx, 7));
    expect(await authenticate(db, secret, 2000)).toEqual({ kind: 'unknown' });
  });

  it('lets the job of a login of a host do what a developer may', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    const actor = await ensureHostUser(db, { host: 'github.com', login: 'octocat' }, 1);
    const secret = await db.transaction((tx) => mintJobToken(tx, { jobId: 7, repoId: repo.id, actor, now: 2000 }));
    expect(await authenticate(db, secret, 2000)).toMatchObject({ principal: { actor, role: 'developer' } });
  });
});

describeDatabases('roleOfActor', (open) => {
  it('is that of the token in force, at the repos that it is good for', async () => {
    const db = await open();
    const [repo, other] = [await insertRepo(db, 'acme/infra'), await insertRepo(db, 'acme/other')];
    const actor = await makeToken(db, { role: 'maintainer', repoId: repo.id, expiresAt: 5000 });
    expect(await roleOfActor(db, actor, { repoId: repo.id, now: 4999 })).toBe('maintainer');
    expect(await roleOfActor(db, actor, { repoId: repo.id, now: 5000 })).toBeNull();
    expect(await roleOfActor(db, actor, { repoId: other.id, now: 4999 })).toBeNull();
    await makeToken(db, { role: 'reporter', now: 6000 });
    expect(await roleOfActor(db, actor, { repoId: other.id, now: 6000 })).toBe('reporter');
  });

  it('is a maintainer for the API secret, an admin for Polder itself, and nothing for a login of a host', async () => {
    const db = await open();
    const { id: repoId } = await insertRepo(db, 'acme/infra');
    const at = { repoId, now: 1 };
    expect(await roleOfActor(db, await ensureSystemUser(db, 'atlantis-api', 1), at)).toBe('maintainer');
    expect(await roleOfActor(db, await ensureSystemUser(db, 'polder', 1), at)).toBe('admin');
    const octocat = await ensureHostUser(db, { host: 'github.com', login: 'octocat' }, 1);
    expect(await roleOfActor(db, octocat, at)).toBeNull();
  });
});
