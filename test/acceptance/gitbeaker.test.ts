import { GitbeakerRequestError, Gitlab } from '@gitbeaker/rest';
import { beforeAll, describe, expect, it } from 'vitest';
import { type GitlabApiServer, startGitlabApiServer } from '../support/gitlab-api-server.ts';

const days = (count: number) => new Date(Date.now() + count * 86_400_000).toISOString();

describe.each(['sqlite', 'postgres'] as const)('gitbeaker, with %s', (engine) => {
  let server: GitlabApiServer;
  let gitlab: InstanceType<typeof Gitlab>;
  let pid: number;

  beforeAll(async () => {
    server = await startGitlabApiServer(engine);
    pid = server.projectId;
    gitlab = new Gitlab({ host: server.url, token: server.tokens.maintainer });
  });

  /** Makes environments, and gives their ids. */
  async function make(...names: string[]): Promise<number[]> {
    const made: number[] = [];
    for (const name of names) made.push((await gitlab.Environments.create(pid, name)).id);
    return made;
  }

  it('sees what an apply deployed', async () => {
    const [environment] = await gitlab.Environments.all('acme/infra', { name: 'default' });
    expect(environment).toMatchObject({ name: 'default', state: 'available', project: { id: pid } });
    const { last_deployment: last } = await gitlab.Environments.show(pid, environment?.id ?? 0);
    expect(last).toMatchObject({
      status: 'success',
      ref: 'main',
      sha: server.sha,
      deployable: { name: 'apply', status: 'success', commit: { id: server.sha, title: 'First' } },
    });
  });

  it('creates, edits, shows, stops and removes an environment', async () => {
    const { Environments } = gitlab;
    const created = await Environments.create(pid, 'review/one', {
      externalUrl: 'https://one.example',
      tier: 'testing',
    });
    expect(created).toMatchObject({ slug: expect.stringMatching(/^review-one-/) as string, tier: 'testing' });
    const edited = await Environments.edit(pid, created.id, { externalUrl: 'https://new.example' });
    expect(edited).toMatchObject({ external_url: 'https://new.example', tier: 'testing' });
    expect(await Environments.show(pid, created.id)).toMatchObject({ last_deployment: null });
    await expect(Environments.remove(pid, created.id)).rejects.toThrow('403 Forbidden');
    expect(await Environments.stop(pid, created.id)).toMatchObject({ state: 'stopped' });
    expect(await Environments.stop(pid, created.id, { force: 'true' } as never)).toMatchObject({ state: 'stopped' });
    await Environments.remove(pid, created.id);
    await expect(Environments.show(pid, created.id)).rejects.toThrow('404 Not found');
  });

  it('follows all pages, by number and by key', async () => {
    const names = Array.from({ length: 7 }, (_, at) => `paged/${at}`);
    await make(...names);
    const { Environments } = gitlab;
    const found = await Environments.all(pid, { search: 'paged/', perPage: 3 });
    expect(found.map(({ name }) => name)).toEqual(names);
    const byKey = await Environments.all(pid, { search: 'paged/', perPage: 3, pagination: 'keyset' } as never);
    expect((byKey as unknown as { name: string }[]).map(({ name }) => name)).toEqual(names);
    const expanded = await Environments.all(pid, { search: 'paged/', perPage: 3, page: 2, showExpanded: true });
    expect(expanded.paginationInfo).toEqual({ total: 7, totalPages: 3, perPage: 3, current: 2, next: 3, previous: 1 });
  });

  it('schedules the removal of review apps', async () => {
    const [id = 0] = await make('review/old');
    await gitlab.Environments.stop(pid, id);
    const before = days(1);
    const dry = await gitlab.Environments.removeReviewApps(pid, { before, limit: 1000, dryRun: true });
    const ids = (answer: unknown) =>
      (answer as { scheduled_entries: { id: number }[] }).scheduled_entries.map((each) => each.id);
    expect(ids(dry)).toEqual([id]);
    expect(ids(await gitlab.Environments.removeReviewApps(pid, { before, dryRun: false }))).toEqual([id]);
    expect(ids(await gitlab.Environments.removeReviewApps(pid, { before, dryRun: false }))).toEqual([]);
  });

  it('stops stale environments', async () => {
    expect(await gitlab.Environments.stopStale(pid, days(-8))).toMatchObject({
      message: 'Successfully requested stop for all stale environments',
    });
    await expect(gitlab.Environments.stopStale(pid, days(-1))).rejects.toThrow('400 Bad request - Invalid Date');
  });

  it('records, lists, edits and removes deployments', async () => {
    const { Deployments } = gitlab;
    const create = (status: 'running' | 'success' | 'failed') =>
      Deployments.create(pid, 'external', server.sha, 'main', false, { status });
    const running = await create('running');
    expect(running).toMatchObject({ status: 'running', sha: server.sha, environment: { name: 'external' } });
    await expect(Deployments.remove(pid, running.id)).rejects.toThrow('Cannot destroy running deployment');
    expect(await Deployments.edit(pid, running.id, 'success')).toMatchObject({ id: running.id, status: 'success' });
    const failed = await create('failed');
    await expect(Deployments.edit(pid, failed.id, 'running')).rejects.toThrow('cannot transition via');
    const found = await Deployments.all(pid, { environment: 'external', orderBy: 'id', sort: 'desc', perPage: 1 });
    expect(found.map(({ id }) => id)).toEqual([failed.id, running.id]);
    expect(await Deployments.show(pid, running.id)).toMatchObject({ approvals: [], user: { username: 'maintainer' } });
    expect(await Deployments.allMergeRequests(pid, running.id)).toEqual([]);
    await Deployments.remove(pid, failed.id);
    await expect(Deployments.show(pid, failed.id)).rejects.toThrow('404 Not found');
    await expect(
      Deployments.create(pid, 'external', 'f'.repeat(40), 'nope', false, { status: 'success' }),
    ).rejects.toThrow('The commit does not exist');
  });

  it('protects environments of a repository', async () => {
    const { ProjectProtectedEnvironments: Protected } = gitlab;
    const created = await Protected.create(pid, 'guarded', [{ accessLevel: 40 }] as never);
    expect(created).toMatchObject({ name: 'guarded', deploy_access_levels: [{ access_level: 40 }] });
    expect(await Protected.all(pid)).toMatchObject([{ name: 'guarded' }]);
    const [level] = (created as unknown as { deploy_access_levels: { id: number }[] }).deploy_access_levels;
    const changes = { deployAccessLevels: [{ id: level?.id, accessLevel: 30 }], approvalRules: [{ accessLevel: 40 }] };
    expect(await Protected.edit(pid, 'guarded', changes as never)).toMatchObject({
      deploy_access_levels: [{ access_level: 30 }],
      approval_rules: [{ access_level: 40, required_approvals: 1 }],
    });
    expect(await Protected.show(pid, 'guarded')).toMatchObject({ name: 'guarded' });
    await expect(Protected.create(pid, 'guarded', [{ accessLevel: 40 }] as never)).rejects.toThrow('already protected');
    await Protected.remove(pid, 'guarded');
    await expect(Protected.show(pid, 'guarded')).rejects.toThrow('404 Not found');
  });

  it('protects tiers of a group', async () => {
    const { GroupProtectedEnvironments: Protected } = gitlab;
    await Protected.create('acme', 'staging', [{ accessLevel: 40 }] as never);
    expect(await Protected.all('acme')).toMatchObject([{ name: 'staging' }]);
    const developer = new Gitlab({ host: server.url, token: server.tokens.developer });
    const [id = 0] = await make('staging');
    await expect(developer.Environments.stop(pid, id)).rejects.toThrow('403 Forbidden');
    await Protected.remove('acme', 'staging');
    expect(await developer.Environments.stop(pid, id)).toMatchObject({ state: 'stopped' });
  });

  it('approves a deployment that waits, which the next apply of its commit carries out', async () => {
    const order = { Paths: [{ Directory: '.' }] };
    const levels = { deployAccessLevels: [{ accessLevel: 40 }], approvalRules: [{ accessLevel: 40 }] };
    const { ProjectProtectedEnvironments: Protected, Deployments } = gitlab;
    await Protected.create(pid, 'default', levels.deployAccessLevels as never, levels as never);
    const refused = await server.api.command('apply', order);
    expect(refused.body.ProjectResults[0]?.Failure).toMatch(
      /^The environment default is protected: 1 approval is missing\./,
    );
    const [waiting] = await Deployments.all(pid, { environment: 'default', status: 'blocked' });
    expect(await Deployments.show(pid, waiting?.id ?? 0)).toMatchObject({ pending_approval_count: 1 });
    const approval = await Deployments.setApproval(pid, waiting?.id ?? 0, 'approved', { comment: 'Go' });
    expect(approval).toMatchObject({ status: 'approved', comment: 'Go', user: { username: 'maintainer' } });
    expect((await server.api.command('apply', order)).status).toBe(200);
    expect(await Deployments.show(pid, waiting?.id ?? 0)).toMatchObject({
      status: 'success',
      pending_approval_count: 0,
    });
    await Protected.remove(pid, 'default');
  });

  it('keeps freeze periods, in which nothing is applied', async () => {
    const { FreezePeriods } = gitlab;
    const created = await FreezePeriods.create(pid, '0 23 * * 5', '0 8 * * 1', { cronTimezone: 'UTC' });
    expect(created).toMatchObject({ freeze_start: '0 23 * * 5', cron_timezone: 'UTC' });
    const { id } = created;
    expect(await FreezePeriods.edit(pid, id, { freezeStart: '* * * * *', freezeEnd: '0 0 29 2 *' })).toMatchObject({
      id,
    });
    expect(await FreezePeriods.all(pid)).toMatchObject([{ id }]);
    expect(await FreezePeriods.show(pid, id)).toMatchObject({ freeze_end: '0 0 29 2 *' });
    const refused = await server.api.command('apply', { Paths: [{ Directory: '.' }] });
    expect(refused.body.ProjectResults[0]?.Failure).toMatch(/^Applies of acme\/infra are frozen until /);
    await FreezePeriods.remove(pid, id);
    expect(await FreezePeriods.all(pid)).toEqual([]);
    await expect(FreezePeriods.create(pid, 'x', '0 8 * * 1')).rejects.toThrow('is invalid syntax');
  });

  it('says who it is, and whom it speaks to', async () => {
    expect(await gitlab.Users.showCurrentUser()).toMatchObject({
      username: 'maintainer',
      web_url: expect.stringContaining(server.url) as string,
    });
    expect(await gitlab.Metadata.show()).toMatchObject({ version: '18.0.0', kas: { enabled: false } });
    expect(await gitlab.Projects.show('acme/infra')).toMatchObject({ id: pid, path_with_namespace: 'acme/infra' });
    expect(await gitlab.Projects.all({ search: 'infra' })).toMatchObject([{ id: pid }]);
  });

  it('takes its tokens in each of the ways it has', async () => {
    for (const token of [{ token: server.tokens.reporter }, { oauthToken: server.tokens.reporter }]) {
      const other = new Gitlab({ host: server.url, ...token } as never);
      expect((await other.Environments.all(pid, { name: 'default' })).length).toBe(1);
    }
    const nobody = new Gitlab({ host: server.url, jobToken: 'nope' });
    const refusal = await nobody.Environments.all(pid).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(GitbeakerRequestError);
    expect((refusal as GitbeakerRequestError).cause).toMatchObject({ description: '401 Unauthorized' });
  });
});
