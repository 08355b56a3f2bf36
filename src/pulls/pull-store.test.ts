import { expect, it } from 'vitest';
import { insertRepo } from '../../test/support/applies.ts';
import { describeDatabases } from '../../test/support/database.ts';
import { selectPull, upsertPull } from './pull-store.ts';

describeDatabases('upsertPull', (open) => {
  it('keeps a pull request whose title holds a NUL', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    const seen = {
      number: 1,
      ...{ url: 'https://git.example.com/acme/infra/pull/1', title: 'A\0B', author: 'ann', state: 'open' as const },
      ...{ headBranch: 'change', headSha: 'a'.repeat(40), baseBranch: 'main' },
    };
    await db.transaction((tx) => upsertPull(tx, repo, { number: 1, seen, now: 1 }));
    expect((await selectPull(db, repo, 1))?.title).toBe('A\uFFFDB');
  });
});
