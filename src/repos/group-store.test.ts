import { expect, it } from 'vitest';
import { describeDatabases } from '../../test/support/database.ts';
import type { Db } from '../db/index.ts';
import { ensureGroup, findGroups, findGroupsByReference, getGroup, groupsOfRepo } from './group-store.ts';

async function make(db: Db, host: string, path: string): Promise<number> {
  return db.transaction((tx) => ensureGroup(tx, { host, path }, 1000));
}

const paths = (groups: readonly { host: string; path: string }[]) => groups.map(({ host, path }) => `${host}:${path}`);

describeDatabases('groups', (open) => {
  it('are made with those above them, once', async () => {
    const db = await open();
    const id = await make(db, 'gitlab.com', 'Acme/Platform/Core');
    expect(await make(db, 'gitlab.com', 'Acme/Platform/Core')).toBe(id);
    expect(await getGroup(db, id)).toEqual({ id, host: 'gitlab.com', path: 'Acme/Platform/Core', createdAt: 1000 });
    expect([...(await findGroups(db, [id, id, 999])).values()]).toMatchObject([{ id, path: 'Acme/Platform/Core' }]);
    const rows = await db.query.selectFrom('groups').select('path').orderBy('id').execute();
    expect(rows.map(({ path }) => path)).toEqual(['Acme', 'Acme/Platform', 'Acme/Platform/Core']);
  });

  it('are found by path whatever the case, and by host where several hosts have the path', async () => {
    const db = await open();
    await make(db, 'gitlab.com', 'acme/core');
    await make(db, 'github.com', 'acme');
    expect(paths(await findGroupsByReference(db, 'ACME'))).toEqual(['gitlab.com:acme', 'github.com:acme']);
    expect(paths(await findGroupsByReference(db, 'github.com/acme'))).toEqual(['github.com:acme']);
    expect(paths(await findGroupsByReference(db, 'acme/core'))).toEqual(['gitlab.com:acme/core']);
    expect(await findGroupsByReference(db, 'nope')).toEqual([]);
  });

  it('of a repo are its own and those above, on its host', async () => {
    const db = await open();
    await make(db, 'gitlab.com', 'acme/core');
    await make(db, 'gitlab.com', 'acme/other');
    await make(db, 'github.com', 'acme');
    const groups = await groupsOfRepo(db, { host: 'gitlab.com', fullName: 'acme/core/infra' });
    expect(paths(groups).sort()).toEqual(['gitlab.com:acme', 'gitlab.com:acme/core']);
  });
});
