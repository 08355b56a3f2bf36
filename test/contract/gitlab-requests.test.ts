import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Db } from '../../src/db/index.ts';
import { type DeploymentEvent, nextStatus } from '../../src/environments/deployments/deployment-status.ts';
import {
  type DeploymentStatus,
  type EnvironmentState,
  onRunEvent,
  type StopActions,
} from '../../src/environments/index.ts';
import { type EnvironmentEvent, nextState } from '../../src/environments/state.ts';
import { findRepo } from '../../src/repos/index.ts';
import { descriptionOf } from '../support/api-description.ts';
import { type ApiRequest, apiRequests } from '../support/api-requests.ts';
import { succeedApply } from '../support/applies.ts';
import { describeDatabases } from '../support/database.ts';
import { insertEnvironment } from '../support/environments.ts';
import { git, makeRepo } from '../support/git.ts';
import { makeToken, openTestApp } from '../support/http-app.ts';
import { scaled } from '../support/scale.ts';
import { recordingStopActions } from '../support/stop-actions.ts';

/** A repository with environments and a deployment, and callers of every role. */
async function world(db: Db) {
  const over = { db, subscribers: [onRunEvent], stopActions: actionsOfReviewApps() };
  const { app, deps, reposDir } = await openTestApp({ over });
  const sha = await makeRepo(`${reposDir}/acme/infra`, { 'main.tf': '' });
  await git(`${reposDir}/acme/infra`, 'tag', 'v1');
  const found = await findRepo(deps, { hostType: 'Local', fullName: 'acme/infra' });
  if (found.kind !== 'found') throw new Error(found.kind);
  const { repo } = found;
  for (const name of ['production', 'review/a', 'review/b', 'staging']) await insertEnvironment(db, repo, { name });
  await succeedApply(db, { repo, project: { name: 'production', dir: '.', workspace: 'default' }, sha }, Date.now());
  const roles = ['guest', 'reporter', 'developer', 'maintainer', 'owner', 'admin'] as const;
  const tokens = await Promise.all(roles.map((role) => makeToken(deps, { role })));
  const readOnly = await makeToken(deps, { role: 'maintainer', scope: 'read_api' });
  const bound = await makeToken(deps, { role: 'developer', repoId: repo.id });
  const strong = tokens.slice(2).map((token) => ({ 'private-token': token }));
  const others = [...tokens, readOnly, bound].map((token) => ({ authorization: `Bearer ${token}` }));
  const credentials = [...Array.from({ length: 6 }, () => strong).flat(), ...others, {}, { 'private-token': 'nope' }];
  return { app, sha, repo, credentials };
}

function actionsOfReviewApps(): StopActions {
  const { stopActions } = recordingStopActions('destroy');
  return (handle, request) => {
    const environments = request.environments.filter(({ folder }) => folder === 'review');
    return stopActions(handle, { ...request, environments });
  };
}

type Snapshot = {
  readonly environments: ReadonlyMap<number, EnvironmentState>;
  readonly deployments: ReadonlyMap<number, DeploymentStatus>;
};

async function snapshot(db: Db): Promise<Snapshot> {
  const environments = await db.query.selectFrom('environments').select(['id', 'state']).execute();
  const deployments = await db.query.selectFrom('deployments').select(['id', 'status']).execute();
  return {
    environments: new Map(environments.map(({ id, state }) => [id, state as EnvironmentState])),
    deployments: new Map(deployments.map(({ id, status }) => [id, status as DeploymentStatus])),
  };
}

const environmentEvents: readonly EnvironmentEvent[] = ['start', 'stop', 'stop_complete', 'recover_stuck_stopping'];
const deploymentEvents: readonly DeploymentEvent[] = [
  ...(['run', 'block', 'unblock', 'succeed', 'drop', 'cancel', 'skip', 'create'] as const),
];

/** Every change from one moment to the next is one that the tables allow. */
function expectLegal(before: Snapshot, after: Snapshot, request: ApiRequest): void {
  for (const [id, state] of after.environments) {
    const from = before.environments.get(id) ?? 'available';
    const legal = from === state || environmentEvents.some((event) => nextState(event, from) === state);
    expect(legal, `environment ${id} went from ${from} to ${state}`).toBe(true);
  }
  for (const [id, state] of before.environments) {
    const isGone = !after.environments.has(id);
    const sent = `${request.url} ${typeof request.payload === 'string' ? request.payload : ''}`;
    if (isGone) expect(state === 'stopped' || sent.includes('force'), `environment ${id} was ${state}`).toBe(true);
  }
  for (const [id, status] of after.deployments) {
    const from = before.deployments.get(id) ?? 'created';
    const legal = from === status || deploymentEvents.some((event) => nextStatus(event, from) === status);
    expect(legal, `deployment ${id} went from ${from} to ${status}`).toBe(true);
  }
}

/** What holds of all environments at any time. */
async function expectConsistent(db: Db): Promise<void> {
  const rows = await db.query
    .selectFrom('environments')
    .leftJoin('deployments', 'deployments.id', 'environments.last_deployment_id')
    .selectAll('environments')
    .select(['deployments.status', 'deployments.environment_id'])
    .execute();
  for (const row of rows) {
    expect(row.slug).toMatch(/^[a-z](?:[a-z0-9-]{0,22}[a-z0-9])?$/);
    if (row.last_deployment_id !== null) {
      expect([row.status, row.environment_id]).toEqual(['success', row.id]);
    }
    if (row.state === 'stopped') expect(row.auto_stop_at).toBeNull();
    expect([row.stopping_reason !== null, row.stopping_until !== null]).toEqual(
      row.state === 'stopping' ? [true, true] : [false, false],
    );
  }
}

describeDatabases('any request to the GitLab API', (open, { engine }) => {
  it('gets an answer that its description knows, and leaves no state that the tables do not allow', async () => {
    const db = await open();
    const { app, sha, repo, credentials } = await world(db);
    const numbers = Array.from({ length: 30 }, (_, at) => at + 1);
    const ids = [...numbers.slice(0, 14), 999_999];
    const levels = [[{ access_level: 40 }], [{ access_level: 30 }, { user_id: 1 }], [{ access_level: 60 }]];
    const names = [
      'production',
      'review/a',
      'review/b',
      'staging',
      'new',
      'review/c',
      'foo-',
      'my env',
      ...numbers.map((n) => `review/${n}`),
    ];
    const times = ['2026-01-01', '2100-01-01T00:00:00Z', '10/10/2021', '2026-11-01T10:00:00+05:30', 'soon'];
    const pools = {
      ...{ environment_id: ids, deployment_id: ids, agent_id: ids, cluster_agent_id: ids, freeze_period_id: ids },
      ...{ user_id: ids, name: names, environment: names, search: ['rev', 'pro', 'a', 'my '] },
      ...{
        sha: [sha, sha, sha, sha.slice(0, 8), 'nope'],
        ref: ['main', 'main', 'v1', 'nope'],
        access_level: [30, 40, 60],
      },
      ...{ deploy_access_levels: levels, approval_rules: [[], ...levels] },
      ...{ before: times, auto_stop_at: times, updated_after: times, finished_before: times, auto_stop_in: ['1 week'] },
      ...{ freeze_start: ['0 0 * * *', '0 1 * * *', 'x'], freeze_end: ['0 8 * * 1'], cron_timezone: ['UTC', 'Berlin'] },
      ...{ per_page: [1, 5, 100, 1000], page: [1, 2, 3], pagination: ['keyset'], external_url: ['https://a.example'] },
      ...{ force: ['true', 'false'], dry_run: ['false', 'true'], tag: ['false'], group_inheritance_type: [0] },
      ...{ order_by: ['id'], sort: ['asc', 'desc'], required_approval_count: [0], description: ['x', ''] },
      ...{ kubernetes_namespace: ['flux', 'UPPER'], delay: ['1 day'], folder: ['review'], limit: [5] },
    };
    const { paths } = descriptionOf(app);
    const poolsOf = (path: string) => ({
      id: path.includes('/groups/') ? ['acme', String(repo.groupId)] : [repo.id, repo.id, 'acme/infra'],
      ...(path.includes('/groups/') ? { name: ['production', 'staging', 'x'] } : {}),
      ...(path.includes('/cluster_agents') ? { name: ['agent-1', 'agent-2', 'X'] } : {}),
    });
    const requests = apiRequests(paths as never, { prefix: '/api/v4/', pools, poolsOf, credentials });
    const statuses = new Map<number, number>();
    let before = await snapshot(db);
    const property = fc.asyncProperty(requests, async (request) => {
      const reply = await app.inject(request);
      statuses.set(reply.statusCode, (statuses.get(reply.statusCode) ?? 0) + 1);
      expect(reply.statusCode, reply.body).toBeLessThan(500);
      const after = await snapshot(db);
      expectLegal(before, after, request);
      before = after;
      if (request.method !== 'GET') await expectConsistent(db);
    });
    // Both engines together make the count. A failure is not tried again smaller: it depends on what came before.
    await fc.assert(property, { numRuns: scaled(10_000), endOnFailure: true });
    expect([...statuses.keys()], `answers from ${engine}`).toEqual(
      expect.arrayContaining([200, 201, 400, 401, 403, 404]),
    );
  }, 600_000);
});
