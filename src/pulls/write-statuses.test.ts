import { expect, it } from 'vitest';
import { headSha, livePull, pullHost, pullWorld, vcsHost } from '../../test/support/pull-domain.ts';
import { PolderError } from '../lib/errors.ts';
import type { CommitStatus } from '../vcs/index.ts';
import { upsertPull } from './pull-store.ts';
import { selectStatuses } from './report-store.ts';
import { refusedStatusTask } from './tasks.ts';
import { writeStatuses } from './write-statuses.ts';

const status = (context: string, state: CommitStatus['state']): CommitStatus => ({
  context,
  state,
  description: `${state}.`,
  targetUrl: null,
});

/** A pull request on a host that does `onSet` before it has a status. */
async function target(onSet: (status: CommitStatus) => Promise<void>) {
  const { db, deps, context, lose } = await pullWorld({});
  const set: string[] = [];
  const setStatus = async (_ref: unknown, one: CommitStatus) => {
    await onSet(one);
    set.push(`${one.context} ${one.state}`);
  };
  const host = vcsHost(pullHost({ setStatus }));
  const pull = context.command.pull;
  const written = async () => {
    const known = await selectStatuses(db, { pullId: pull.id, headSha });
    return [...known.values()].map((one) => `${one.context} ${one.state}${one.isWritten ? '' : ' not set'}`);
  };
  return { db, deps, set, written, lose, target: { task: context.task, host, pull, headSha } };
}

it('sets what is not set so already, in order', async () => {
  const { deps, set, written, target: to } = await target(async () => undefined);
  await writeStatuses(deps, to, [status('a', 'pending'), status('b', 'pending')]);
  await writeStatuses(deps, to, [status('a', 'success'), status('b', 'pending'), status('c', 'failure')]);
  expect(set).toEqual(['a pending', 'b pending', 'a success', 'c failure']);
  expect(await written()).toEqual(['a success', 'b pending', 'c failure']);
});

it('sets its own again where another pull request of the same commit has set others', async () => {
  const { db, deps, set, target: to } = await target(async () => undefined);
  const twin = await db.transaction((tx) =>
    upsertPull(tx, to.pull.repo, { number: 8, seen: { ...livePull({ number: 8 }), state: 'open' }, now: deps.now() }),
  );
  await writeStatuses(deps, to, [status('a', 'pending'), status('b', 'pending')]);
  await writeStatuses(deps, { ...to, pull: twin }, [status('a', 'success')]);
  await writeStatuses(deps, to, [status('a', 'pending'), status('b', 'pending')]);
  expect(set).toEqual(['a pending', 'b pending', 'a success', 'a pending']);
});

it('sets the last wish again that came in while an older one was on its way', async () => {
  const world = await target(async (one) => {
    if (one.state !== 'pending') return;
    await writeStatuses(world.deps, world.target, [status('a', 'success')]);
  });
  await writeStatuses(world.deps, world.target, [status('a', 'pending')]);
  expect(world.set).toEqual(['a success', 'a pending', 'a success']);
  expect(await world.written()).toEqual(['a success']);
});

it('knows that the host may have an older one when it could not set the last wish again', async () => {
  let isAway = false;
  const world = await target(async (one) => {
    if (isAway) throw new PolderError('host_unavailable', 'asking: it is away');
    if (one.state !== 'pending') return;
    await writeStatuses(world.deps, world.target, [status('a', 'success')]);
    isAway = true;
    world.set.push('a pending');
  });
  const written = writeStatuses(world.deps, world.target, [status('a', 'pending'), status('b', 'pending')]);
  await expect(written).rejects.toMatchObject({ code: 'host_unavailable' });
  expect(await world.written()).toEqual(['a success not set', 'b pending not set']);
});

it('leaves out what somebody else has wanted otherwise while the host kept it waiting', async () => {
  let waited = 0;
  const world = await target(async (one) => {
    if (one.context !== 'a') return;
    await writeStatuses(world.deps, world.target, [status('b', 'success')]);
    waited = 100;
  });
  const deps = { ...world.deps, now: () => world.deps.now() + waited };
  await writeStatuses(deps, world.target, [status('a', 'pending'), status('b', 'pending')]);
  expect(world.set).toEqual(['b success', 'a pending']);
  expect(await world.written()).toEqual(['a pending', 'b success']);
});

it.each([
  ['goes away', new PolderError('host_unavailable', 'asking: it is away')],
  ['refuses the token', new PolderError('host_refused', 'asking: bad credentials', { details: { status: 401 } })],
])('notes what it has set when the host %s half-way, and sets the rest when it is asked again', async (_, failure) => {
  let isAway = true;
  const world = await target(async (one) => {
    if (isAway && one.context === 'b') throw failure;
  });
  const wanted = [status('a', 'success'), status('b', 'success')];
  const written = writeStatuses(world.deps, world.target, wanted);
  await expect(written).rejects.toMatchObject({ code: 'host_unavailable' });
  expect(await world.written()).toEqual(['a success', 'b success not set']);
  isAway = false;
  await writeStatuses(world.deps, world.target, wanted);
  expect(world.set).toEqual(['a success', 'b success']);
});

it('has one that is refused tried again later, and keeps nobody waiting for it', async () => {
  const world = await target(async (one) => {
    if (one.context === 'a') throw new PolderError('host_refused', 'setting a status: no');
  });
  await writeStatuses(world.deps, world.target, [status('a', 'success'), status('b', 'success')]);
  expect(world.set).toEqual(['b success']);
  const tasks = await world.db.query.selectFrom('tasks').select(['kind', 'payload']).execute();
  expect(tasks).toMatchObject([
    { kind: refusedStatusTask, payload: expect.stringContaining('"context":"a"') as string },
  ]);
});

it('sets none for work that another worker has by now, which may have told its end', async () => {
  const world = await target(async () => undefined);
  await writeStatuses(world.deps, world.target, [status('a', 'success')]);
  world.lose();
  const late = writeStatuses(world.deps, world.target, [status('a', 'pending')]);
  await expect(late).rejects.toMatchObject({ code: 'task_lost' });
  expect(world.set).toEqual(['a success']);
  expect(await world.written()).toEqual(['a success']);
});

it('notes nothing of what is not wanted any more', async () => {
  const world = await target(async () => undefined);
  await writeStatuses(world.deps, { ...world.target, isWanted: async () => false }, [status('a', 'pending')]);
  expect(world.set).toEqual([]);
  expect(await world.written()).toEqual([]);
});
