import { beforeEach, expect, it } from 'vitest';
import { describeDatabases } from '../../../test/support/database.ts';
import { git } from '../../../test/support/git.ts';
import { type LocalPullWorld, localPullWorld } from '../../../test/support/local-pulls.ts';
import { waitFor } from '../../../test/support/wait-for.ts';
import { silentLog } from '../../lib/log.ts';
import { createPullWatch, watchLocalPulls } from './watch-pulls.ts';

const fullName = 'acme/infra';

describeDatabases('createPullWatch', (open) => {
  let world: LocalPullWorld;
  let look: () => Promise<void>;
  beforeEach(async () => {
    world = await localPullWorld(await open());
    look = createPullWatch(world.deps).look;
  });

  const events = () => world.delivered.slice(1).map(({ kind }) => kind);

  it('delivers a push once, whoever looks', async () => {
    const number = await world.open('change');
    await look();
    const headSha = await world.push('change', { 'b.tf': '' });
    const other = createPullWatch(world.deps);
    await Promise.all([look(), other.look()]);
    await look();
    expect(events()).toEqual(['pull_updated']);
    expect(world.delivered.at(-1)).toMatchObject({ sender: 'ada', pull: { number, headSha, open: true } });
  });

  it('delivers a push to a branch that has been packed', async () => {
    await world.open('change');
    await git(world.dir, 'pack-refs', '--all');
    await look();
    await world.push('change', { 'b.tf': '' });
    await git(world.dir, 'pack-refs', '--all');
    await look();
    expect(events()).toEqual(['pull_updated']);
  });

  it('delivers what came while the server was down', async () => {
    await world.open('change');
    await world.push('change', { 'b.tf': '' });
    await look();
    expect(events()).toEqual(['pull_updated']);
  });

  it('says nothing when the base goes on, and knows about it', async () => {
    const number = await world.open('change');
    const base = await world.push('main', { 'b.tf': '' });
    await look();
    expect(events()).toEqual([]);
    const pull = await world.deps.db.query.selectFrom('local_pulls').select(['number', 'base_sha']).execute();
    expect(pull).toEqual([{ number, base_sha: base }]);
  });

  it('takes what git merged as merged', async () => {
    const number = await world.open('change');
    await git(world.dir, 'switch', '--quiet', 'main');
    await git(world.dir, 'merge', '--quiet', '--no-ff', '--no-edit', 'change');
    await look();
    expect(world.delivered.slice(1)).toMatchObject([{ kind: 'pull_closed', pullNumber: number, merged: true }]);
    expect(await world.pulls.getPull({ fullName, number })).toMatchObject({ open: false, merged: true });
  });

  it('does not take a branch that was reset to its base as merged', async () => {
    await world.open('change');
    await git(world.dir, 'branch', '--force', 'change', 'main');
    await look();
    expect(events()).toEqual(['pull_updated']);
  });

  it('lets a pull request be whose branch is gone', async () => {
    const number = await world.open('change');
    const headSha = await git(world.dir, 'rev-parse', 'change');
    await git(world.dir, 'branch', '--quiet', '-D', 'change');
    await look();
    expect(events()).toEqual([]);
    expect(await world.pulls.getPull({ fullName, number })).toMatchObject({ open: true, headSha });
    const reason = 'PR has no branch change any more';
    expect(await world.pulls.getMergeability({ fullName, number }, () => false)).toEqual({ mergeable: false, reason });
  });

  it('asks git only when a file of a branch has changed', async () => {
    await world.open('change');
    const environment = { ...world.deps.git.environment };
    const warnings: unknown[] = [];
    const log = { ...silentLog(), warn: (...words: unknown[]) => void warnings.push(words) };
    const watch = createPullWatch({ ...world.deps, log, git: { ...world.deps.git, environment } });
    await watch.look();
    const { PATH = '' } = environment;
    environment.PATH = '/nowhere';
    await watch.look();
    expect(warnings).toEqual([]);
    await world.push('change', { 'b.tf': '' });
    await watch.look();
    await watch.look();
    expect([warnings.length, events()]).toEqual([1, []]);
    environment.PATH = PATH;
    await watch.look();
    expect(events()).toEqual(['pull_updated']);
  });

  it('looks by itself until it is stopped', async () => {
    const watch = watchLocalPulls(world.deps);
    await world.open('change');
    await world.push('change', { 'b.tf': '' });
    await waitFor('the push to be noticed', () => events().includes('pull_updated'));
    await watch.stop();
    expect(events()).toEqual(['pull_updated']);
  });
});
