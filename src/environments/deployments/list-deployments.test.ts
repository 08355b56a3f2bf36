import { expect, it } from 'vitest';
import { insertRepo } from '../../../test/support/applies.ts';
import { describeDatabases } from '../../../test/support/database.ts';
import { callerOf, report } from '../../../test/support/deployments.ts';
import type { Db } from '../../db/index.ts';
import { rememberOverLimit } from '../over-limit.ts';
import { changeDeployment } from './change-deployment.ts';
import { listDeployments, listDeploymentsBeyond } from './list-deployments.ts';
import type { DeploymentFilter, DeploymentOrder } from './list-store.ts';

/** Five deployments: their numbers say in which order they were made. */
async function world(db: Db) {
  const repo = await insertRepo(db, 'acme/infra');
  const by = await callerOf(db, 'mona', 'maintainer');
  const sha = (digit: number) => String(digit).repeat(40);
  const first = await report(db, { repo, by, sha: sha(1), status: 'running', now: 1000 });
  await report(db, { repo, by, sha: sha(2), ref: 'v1', tag: true, now: 2000 });
  await report(db, { repo, by, sha: sha(3), environment: 'staging', now: 3000 });
  await report(db, { repo, by, sha: sha(4), status: 'failed', now: 4000 });
  await report(db, { repo, by, sha: sha(5), now: 4000 });
  await changeDeployment(db, { repo, deploymentId: first.id, ...by, status: 'success', now: 9000 });
  await report(db, { repo: await insertRepo(db, 'acme/other'), by });
  const list = async (filter: Partial<DeploymentFilter>, order: DeploymentOrder, page = { page: 1, perPage: 20 }) => {
    const overLimit = rememberOverLimit(() => 0);
    const result = await listDeployments({ db, overLimit }, { repoId: repo.id, ...filter }, { order, ...page });
    return { ...result, deployments: result.deployments.map(({ iid }) => iid) };
  };
  return { repo, first, list };
}

const asc = (by: DeploymentOrder['by']) => ({ by, direction: 'asc' }) as const;
const desc = (by: DeploymentOrder['by']) => ({ by, direction: 'desc' }) as const;

describeDatabases('listDeployments', (open) => {
  it('lists in every order, ties by id in the same direction', async () => {
    const { list } = await world(await open());
    const orders = [asc('id'), desc('id'), asc('updated_at'), desc('updated_at'), asc('ref'), desc('ref')];
    const found = [];
    for (const order of orders) found.push((await list({}, order)).deployments);
    expect(found).toEqual([
      [1, 2, 3, 4, 5],
      [5, 4, 3, 2, 1],
      [2, 3, 4, 5, 1],
      [1, 5, 4, 3, 2],
      [1, 3, 4, 5, 2],
      [2, 5, 4, 3, 1],
    ]);
  });

  it('lists what all filters match', async () => {
    const { list, first } = await world(await open());
    const filters: [Partial<DeploymentFilter>, number[]][] = [
      [{ environmentId: first.environmentId }, [1, 2, 4, 5]],
      [{ status: 'failed' }, [4]],
      [{ environmentId: first.environmentId, status: 'success' }, [1, 2, 5]],
      [{ updatedAfter: 2000, updatedBefore: 4000 }, [2, 3, 4, 5]],
      [{ finishedAfter: 2000, finishedBefore: 4000 }, [2, 3]],
      [{ finishedAfter: 9001 }, []],
    ];
    const found = [];
    for (const [filter] of filters) found.push([filter, (await list(filter, asc('id'))).deployments]);
    expect(found).toEqual(filters);
  });

  it('gives pages with how many there are, and none beyond the end', async () => {
    const { list } = await world(await open());
    const pages = [];
    for (const page of [1, 3, 4]) pages.push(await list({}, asc('finished_at'), { page, perPage: 2 }));
    expect(pages).toEqual([
      { deployments: [2, 3], total: 5, more: true },
      { deployments: [1], total: 5, more: false },
      { deployments: [], total: 5, more: false },
    ]);
  });
});

describeDatabases('listDeploymentsBeyond', (open) => {
  it.each(['asc', 'desc'] as const)('goes through all by id, %s', async (direction) => {
    const db = await open();
    const { repo } = await world(db);
    const seen: number[] = [];
    for (let beyondId: number | null = null, more = true; more; ) {
      const page = await listDeploymentsBeyond(db, { repoId: repo.id }, { direction, beyondId, perPage: 2 });
      seen.push(...page.deployments.map(({ iid }) => iid));
      beyondId = page.deployments.at(-1)?.id ?? null;
      more = page.more;
    }
    expect(seen).toEqual(direction === 'asc' ? [1, 2, 3, 4, 5] : [5, 4, 3, 2, 1]);
  });
});
