import { describe, expect, it } from 'vitest';
import { pullRuns } from '../../../test/support/pull-runs.ts';
import { openRunWorld, type RunWorldOptions } from '../../../test/support/run-world.ts';
import { listLocks } from '../../locks/index.ts';
import { currentState } from '../../states/index.ts';
import { releasePullCheckouts } from '../kept-checkouts.ts';
import { jobOutputs } from '../queries.ts';

const files = { 'main.tf': 'resource "terraform_data" "a" {}\n' };

/** Runs of a pull request with the real engine. */
async function workingWorld(over: Partial<RunWorldOptions> = {}) {
  const world = await openRunWorld({ files, ...over });
  await world.work();
  const pull = pullRuns(world);
  const outputOf = async (run: { id: number }) => [...(await jobOutputs(world.deps.db, run.id)).values()].join('\n');
  const state = async (workspace = 'default') => {
    const kept = await currentState(world.deps.db, { repoId: world.repo.id, dir: '.', workspace });
    return Buffer.from(kept?.content ?? []).toString();
  };
  return { world, pull, outputOf, state };
}

const importA = { kind: 'import', address: 'terraform_data.a', id: 'id-1', extraArgs: [] } as const;
const removeA = { kind: 'state_rm', addresses: ['terraform_data.a'], extraArgs: [] } as const;

describe('an import', () => {
  it('is saved in the state, so that there is nothing left to plan', async () => {
    const { world, pull, outputOf, state } = await workingWorld();
    const run = await pull.run(importA);
    expect(run.jobs).toMatchObject([{ state: 'succeeded', outcome: { kind: 'done', planDiscarded: false } }]);
    expect(await outputOf(run)).toContain('Import successful!');
    expect(await state()).toContain('id-1');
    expect((await pull.plan()).jobs).toMatchObject([{ outcome: { kind: 'unchanged' } }]);
    expect((await listLocks(world.deps.db)).map(({ holder }) => holder.kind)).toEqual(['pull']);
  });

  it('voids the plan of the pull request, and says so', async () => {
    const { pull } = await workingWorld();
    await pull.plan();
    expect((await pull.run(importA)).jobs).toMatchObject([{ outcome: { kind: 'done', planDiscarded: true } }]);
    expect(await pull.plans()).toEqual([]);
  });

  it('leaves plan and state alone when it does not come out', async () => {
    const { world, pull, outputOf, state } = await workingWorld();
    await pull.plan();
    const run = await pull.run({ ...importA, address: 'terraform_data.b' });
    expect(run.jobs).toMatchObject([
      {
        state: 'failed',
        outcome: { kind: 'failed', message: expect.stringContaining('import terraform_data.b id-1') as string },
      },
    ]);
    expect(await outputOf(run)).toContain('resource address "terraform_data.b" does not exist');
    expect(await outputOf(run)).not.toContain(world.deps.dataDir);
    expect(await state()).toBe('');
    expect(await pull.plans()).toHaveLength(1);
  });
});

describe('a state rm', () => {
  it('takes objects out of the state of its workspace', async () => {
    const { pull, outputOf, state } = await workingWorld();
    const projects = [{ workspace: 'eu' }];
    await pull.run(importA, { projects });
    const run = await pull.run(removeA, { projects });
    expect(run.jobs).toMatchObject([{ outcome: { kind: 'done' } }]);
    expect(await outputOf(run)).toContain('Successfully removed 1 resource instance(s).');
    expect(await state('eu')).not.toContain('id-1');
    expect(await state()).toBe('');
    expect((await pull.plan({ projects })).jobs).toMatchObject([{ outcome: { kind: 'planned', summary: { add: 1 } } }]);
  });
});

describe('a version', () => {
  it('tells the engine, and takes no lock', async () => {
    const { world, pull, outputOf } = await workingWorld();
    const run = await pull.run({ kind: 'version', extraArgs: [] });
    expect(run.jobs).toMatchObject([{ outcome: { kind: 'done', planDiscarded: false } }]);
    expect(await outputOf(run)).toMatch(/^(Terraform|OpenTofu) v\d/);
    expect(await listLocks(world.deps.db)).toEqual([]);
  });
});

describe('a saved plan of the real engine', () => {
  const workspaces = { projects: [{}, { workspace: 'eu' }] };

  it.each(['where it was made', 'elsewhere'])('is applied %s', async (where) => {
    const { world, pull } = await workingWorld();
    await pull.plan(workspaces);
    const { id: repoId } = world.repo;
    if (where === 'elsewhere') await releasePullCheckouts(world.deps, { repoId, pullNumber: pull.number });
    expect((await pull.applyAll()).jobs).toMatchObject([
      { outcome: { kind: 'applied', summary: { add: 1 } } },
      { outcome: { kind: 'applied', summary: { add: 1 } } },
    ]);
    expect((await pull.plan(workspaces)).jobs).toMatchObject([
      { outcome: { kind: 'unchanged' } },
      { outcome: { kind: 'unchanged' } },
    ]);
  });

  it('is stale once the state has changed, and then goes', async () => {
    const { pull } = await workingWorld();
    await pull.plan({ projects: [{ name: 'one' }, { name: 'two' }] });
    const [one, two] = await pull.plans();
    expect((await pull.applyAll({ planId: one ?? 0 })).state).toBe('succeeded');
    expect((await pull.applyAll({ planId: two ?? 0 })).jobs).toMatchObject([
      { outcome: { kind: 'failed', code: 'plan_invalid' } },
    ]);
    expect(await pull.plans()).toEqual([]);
  });
});
