import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeDatabases } from '../../test/support/database.ts';
import { fakeEngine } from '../../test/support/fake-engine.ts';
import { git } from '../../test/support/git.ts';
import { type PullRuns, pullRuns } from '../../test/support/pull-runs.ts';
import { openRunWorld, type RunWorld, type RunWorldOptions } from '../../test/support/run-world.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { listLocks, releasePullLocks, takeManualLock } from '../locks/index.ts';
import { discardPlans } from '../plans/index.ts';
import { parseServerRules } from '../repo-config/index.ts';
import type { VcsHost } from '../vcs/index.ts';
import { acceptRun } from './accept-run.ts';
import { cancelRun } from './cancel-run.ts';
import { releasePullCheckouts, tidyKeptCheckouts } from './kept-checkouts.ts';
import { getRun } from './queries.ts';
import { cleanAfterCrash } from './sweep.ts';
import type { Requirement } from './types.ts';

async function workingWorld(files: RunWorldOptions['files'], over: Partial<RunWorldOptions> = {}) {
  const engine = await fakeEngine();
  const world = await openRunWorld({ files, engine: engine.binary, ...over });
  await world.work();
  return { engine, world, pull: pullRuns(world) };
}

const oneProject = { 'main.tf': '', mark: 'one' };
const locks = async ({ deps }: RunWorld) => (await listLocks(deps.db)).map(({ holder }) => holder.kind);
const outcomes = (run: { jobs: readonly { outcome: unknown }[] }) => run.jobs.map((job) => job.outcome);
const checkouts = ({ deps }: RunWorld) => readdir(join(deps.dataDir, 'checkouts'));
const commands = async (engine: { starts(): Promise<{ command: string }[]> }) =>
  (await engine.starts()).map((one) => one.command);
const dropReasons = async ({ deps }: RunWorld) => {
  const rows = await deps.db.query.selectFrom('plans').select('drop_reason').orderBy('id').execute();
  return rows.map((row) => row.drop_reason);
};

describe('a plan of a pull request', () => {
  it('is kept with its lock and its checkout', async () => {
    const { world, pull } = await workingWorld(oneProject);
    const run = await pull.plan();
    expect(run).toMatchObject({ state: 'succeeded', pullNumber: 1, jobs: [{ outcome: { kind: 'planned' } }] });
    expect(await pull.plans()).toHaveLength(1);
    expect(await locks(world)).toEqual(['pull']);
    expect(await checkouts(world)).toHaveLength(1);
  });

  it('takes the place of the one before', async () => {
    const { world, pull } = await workingWorld(oneProject);
    await pull.plan();
    const [first] = await pull.plans();
    await world.commit({ mark: 'two' });
    await pull.plan();
    expect(await pull.plans()).toHaveLength(1);
    expect(await pull.plans()).not.toEqual([first]);
    expect(await dropReasons(world)).toEqual(['planned again', null]);
    expect(await checkouts(world)).toHaveLength(1);
  });

  it('gives back the lock when it goes wrong, and lets go of what was planned before', async () => {
    const { world, pull } = await workingWorld({ ...oneProject, 'fake.sh': '[ $command = plan ] && exit 1\n' });
    expect(outcomes(await pull.plan())).toMatchObject([{ kind: 'failed', code: 'engine_failed' }]);
    expect(await locks(world)).toEqual([]);
    await world.commit({ 'fake.sh': '' });
    await pull.plan();
    await world.commit({ 'fake.sh': '[ $command = plan ] && exit 1\n' });
    await pull.plan();
    expect(await pull.plans()).toEqual([]);
    expect(await locks(world)).toEqual([]);
    expect(await checkouts(world)).toEqual([]);
  });

  it('keeps the lock when it goes wrong after the pull request has applied something', async () => {
    const { world, pull } = await workingWorld(oneProject);
    await pull.plan();
    await pull.applyAll();
    await world.commit({ 'fake.sh': '[ $command = plan ] && exit 1\n' });
    expect((await pull.plan()).state).toBe('failed');
    expect(await locks(world)).toEqual(['pull']);
  });

  it('asks the requirements, which a plan of the API does not have', async () => {
    const no: Requirement = async ({ run }) => ({ kind: 'requirement', message: `no ${run.kind}` });
    const { engine, world, pull } = await workingWorld(oneProject, { over: { requirements: [no] } });
    const refusal = (message: string) => [{ kind: 'refused', refusal: { kind: 'requirement', message } }];
    expect(outcomes(await pull.plan())).toEqual(refusal('no plan'));
    const imported = await pull.run({ kind: 'import', address: 'a.b', id: '1', extraArgs: [] });
    expect(outcomes(imported)).toEqual(refusal('no import'));
    expect(await engine.starts()).toEqual([]);
    expect(await locks(world)).toEqual([]);
    expect((await world.run('plan')).state).toBe('succeeded');
    expect((await pull.run({ kind: 'version', extraArgs: [] })).state).toBe('succeeded');
  });
});

describe('the lock of a pull request', () => {
  const locked = (by: object) => [{ kind: 'refused', refusal: { kind: 'locked', by } }];

  it('keeps other pull requests out, who hear what it has', async () => {
    const { world, pull } = await workingWorld(oneProject);
    const other = pullRuns(world, 2);
    await pull.plan();
    expect(outcomes(await other.plan())).toMatchObject(locked({ pullNumber: 1, holds: 'plan' }));
    await pull.applyAll();
    const refused = await other.plan();
    expect(outcomes(refused)).toMatchObject(locked({ pullNumber: 1, holds: 'applied' }));
    expect(outcomes(refused)).toMatchObject([{ refusal: { message: expect.stringContaining('merge #1') as string } }]);
    await world.commit({ mark: 'two' });
    await pull.plan();
    expect(outcomes(await other.plan())).toMatchObject(locked({ pullNumber: 1, holds: 'plan' }));
    expect(await other.plans()).toEqual([]);
  });

  it('keeps runs of the API out', async () => {
    const { world, pull } = await workingWorld(oneProject);
    await pull.plan();
    expect(outcomes(await world.run('plan'))).toMatchObject(locked({ pullNumber: 1, holds: 'plan' }));
    expect(await locks(world)).toEqual(['pull']);
  });

  it.each([
    ['on_apply', [], ['pull']],
    ['disabled', [], []],
  ] as const)('is taken as mode %s says', async (repoLockMode, afterPlan, afterApply) => {
    const { world, pull } = await workingWorld(oneProject);
    await pull.plan({ projects: [{ repoLockMode }] });
    expect(await locks(world)).toEqual(afterPlan);
    expect(outcomes(await pull.applyAll())).toMatchObject([{ kind: 'applied' }]);
    expect(await locks(world)).toEqual(afterApply);
  });

  it('lets no apply pass that of a person, even where the repository takes no locks', async () => {
    const { world, pull } = await workingWorld(oneProject);
    await pull.plan({ projects: [{ repoLockMode: 'disabled' }] });
    const project = { repoId: world.repo.id, dir: '.', workspace: 'default', projectName: '' };
    await takeManualLock(world.deps.db, project, { note: 'holidays', actor: world.actor, now: 1 });
    expect(outcomes(await pull.applyAll())).toMatchObject([{ kind: 'refused', refusal: { kind: 'locked' } }]);
    expect(await locks(world)).toEqual(['manual']);
  });

  it('that an apply has taken alone is given back when that is refused', async () => {
    const late: Requirement = async ({ planJson, run }) =>
      planJson && run.kind === 'apply' ? { kind: 'requirement', message: 'no' } : undefined;
    const { world, pull } = await workingWorld(oneProject, { over: { requirements: [late] } });
    await pull.plan({ projects: [{ repoLockMode: 'on_apply' }] });
    expect(outcomes(await pull.applyAll())).toMatchObject([{ kind: 'refused' }]);
    expect(await locks(world)).toEqual([]);
    expect(await pull.plans()).toHaveLength(1);
  });
});

describe('an apply of a saved plan', () => {
  it('goes on where the plan was made, and lets go of it', async () => {
    const { engine, world, pull } = await workingWorld(oneProject);
    await pull.plan();
    expect(await pull.applyAll()).toMatchObject({ state: 'succeeded', jobs: [{ outcome: { kind: 'applied' } }] });
    expect(await commands(engine)).toEqual(['init', 'plan', 'apply']);
    expect(await engine.marks()).toEqual(['one@default']);
    expect(await pull.plans()).toEqual([]);
    expect(await dropReasons(world)).toEqual(['applied']);
    expect(await locks(world)).toEqual(['pull']);
    expect(await checkouts(world)).toEqual([]);
    expect((await pull.plan()).jobs).toMatchObject([{ outcome: { kind: 'unchanged' } }]);
  });

  it('needs nothing of what the plan has left on the disk', async () => {
    const { engine, world, pull } = await workingWorld(oneProject);
    await pull.plan();
    await rm(join(world.deps.dataDir, 'kept-checkouts'), { recursive: true });
    expect(outcomes(await pull.applyAll())).toMatchObject([{ kind: 'applied' }]);
    expect(await commands(engine)).toEqual(['init', 'plan', 'init', 'apply']);
  });

  it('leaves no note behind that a server which was killed had begun to write', async () => {
    const { world, pull } = await workingWorld(oneProject);
    await pull.plan();
    const notes = join(world.deps.dataDir, 'kept-checkouts');
    const [note = ''] = await readdir(notes);
    await writeFile(join(notes, `${note}.new`), '{"half');
    await cleanAfterCrash(world.deps);
    expect(await readdir(notes)).toEqual([note]);
  });

  it('is refused when the plan was made from something else', async () => {
    const { engine, world, pull } = await workingWorld(oneProject);
    const first = (await pull.plan()).commitSha;
    await world.commit({ 'new.tf': '' });
    const [planId] = await pull.plans();
    const newest = (await pull.run({ kind: 'version', extraArgs: [] })).commitSha;
    const late = await pull.applyAll({ commitSha: newest });
    const reason = `it was made at commit ${first}, not ${newest}`;
    const message = `applying the saved plan: ${reason}; plan again`;
    expect(outcomes(late)).toEqual([{ kind: 'failed', code: 'plan_invalid', message }]);
    expect(await engine.marks()).toEqual([]);
    expect(await pull.plans()).toEqual([planId]);
  });

  it('may be repeated as long as nothing was changed', async () => {
    const once = '[ ! -e "$(dirname $0)/once" ] && touch "$(dirname $0)/once"';
    const script = `[ $command = apply ] && ${once} && { echo 'a.b: Creating...'; exit 1; }\n`;
    const { engine, world, pull } = await workingWorld({ ...oneProject, 'fake.sh': script });
    await pull.plan();
    expect(outcomes(await pull.applyAll())).toMatchObject([
      { kind: 'failed', code: 'engine_failed', message: expect.stringMatching(/: exit status 1$/) as string },
    ]);
    expect(await locks(world)).toEqual(['pull']);
    expect(outcomes(await pull.applyAll())).toMatchObject([{ kind: 'applied' }]);
    expect(await engine.marks()).toEqual(['one@default']);
  });

  it('that has changed something and went wrong asks for another plan', async () => {
    const script = "[ $command = apply ] && { echo 'a.b: Creation complete after 0s'; exit 1; }\n";
    const { world, pull } = await workingWorld({ ...oneProject, 'fake.sh': script });
    await pull.plan();
    expect(outcomes(await pull.applyAll())).toMatchObject([
      {
        kind: 'failed',
        code: 'plan_invalid',
        message: expect.stringMatching(/exit status 1; the state has changed since .* plan again$/) as string,
      },
    ]);
    expect(await dropReasons(world)).toEqual(['the state has changed since it was made']);
    expect(await locks(world)).toEqual(['pull']);
  });

  it('refuses -target, which belongs to a plan', async () => {
    const { engine, pull } = await workingWorld(oneProject);
    await pull.plan();
    const message =
      'cannot run apply with -target because we are applying an already generated plan. Instead, run -target with atlantis plan';
    expect(outcomes(await pull.applyAll({ extraArgs: ['-target=a'] }))).toMatchObject([{ kind: 'failed', message }]);
    expect(await engine.marks()).toEqual([]);
  });

  it('looks at the plan that it applies', async () => {
    const seen: (string | undefined)[] = [];
    const look: Requirement = async ({ planJson }) => {
      seen.push(await planJson?.());
      return undefined;
    };
    const { pull } = await workingWorld(oneProject, { over: { requirements: [look] } });
    await pull.plan();
    await pull.applyAll();
    expect(seen).toEqual([undefined, undefined, '{"format_version":"1.2"}\n']);
  });
});

describe('a run of the API for a pull request', () => {
  /** The host knows the pull requests 1, 2, which is closed, and 3, which is for another branch. */
  async function hostedWorld(script = '') {
    const found = { number: 1, url: 'u', headSha: 'h', headBranch: 'topic', headRef: null, baseBranch: 'main' };
    const known = [
      { ...found, open: true },
      { ...found, number: 2, open: false },
      { ...found, number: 3, open: true, baseBranch: 'old' },
    ];
    const pulls = { getPull: async ({ number }: { number: number }) => known.find((one) => one.number === number) };
    const engine = await fakeEngine();
    const world = await openRunWorld({ files: { ...oneProject, 'fake.sh': script }, engine: engine.binary });
    const local = world.deps.hosts.byType('Local');
    const hosts = { ...world.deps.hosts, byType: () => ({ ...local, pulls }) as unknown as VcsHost };
    const hosted = { ...world, deps: { ...world.deps, hosts } };
    return { engine, world: hosted, pull: pullRuns(hosted) };
  }
  const accept = async ({ deps, repo, actor }: RunWorld, kind: 'plan' | 'apply', pullNumber = 1) => {
    const selection = { projects: [], paths: [{ directory: '.' }] };
    const target = { kind: 'ref', ref: 'main', baseBranch: null, pullNumber, selection } as const;
    const command = { kind, extraArgs: [] };
    return acceptRun(deps, { repo, command, target, actor, trigger: { kind: 'api' }, idempotency: null });
  };
  const run = async (world: RunWorld, kind: 'plan' | 'apply') => {
    const accepted = await accept(world, kind);
    return world.ended(accepted.kind === 'accepted' ? accepted.runId : 0);
  };

  it('leaves its plan and its lock to the pull request, whose apply carries it out', async () => {
    const { engine, world, pull } = await hostedWorld();
    await world.work();
    expect(await run(world, 'plan')).toMatchObject({ pullNumber: 1, pull: { headBranch: 'topic' } });
    expect(await pull.plans()).toHaveLength(1);
    expect(await locks(world)).toEqual(['pull']);
    expect(await checkouts(world)).toEqual([]);
    expect(outcomes(await pull.applyAll())).toMatchObject([{ kind: 'applied' }]);
    expect(await engine.marks()).toEqual(['one@default']);
  });

  it('that applies voids what the pull request had planned, and leaves the lock', async () => {
    const { world, pull } = await hostedWorld();
    await world.work();
    await pull.plan();
    expect(outcomes(await run(world, 'apply'))).toMatchObject([{ kind: 'applied' }]);
    expect(await dropReasons(world)).toEqual(['planned again', 'its run ended']);
    expect(await locks(world)).toEqual(['pull']);
  });

  it('that goes wrong gives back only the lock that it took itself', async () => {
    const { world, pull } = await hostedWorld('[ $command = plan ] && [ -e bad.tf ] && exit 1\n');
    await world.work();
    await world.commit({ 'bad.tf': '' });
    await run(world, 'plan');
    expect(await locks(world)).toEqual([]);
    await git(world.source, 'rm', '--quiet', 'bad.tf');
    await world.commit({});
    await pull.plan();
    await world.commit({ 'bad.tf': '' });
    await run(world, 'plan');
    expect(await locks(world)).toEqual(['pull']);
  });

  it('is about the commit that it was asked for, not about the head of the pull request', async () => {
    const { world } = await hostedWorld();
    await world.work();
    const { pull, commitSha } = await run(world, 'plan');
    expect(pull).toMatchObject({ headSha: commitSha, isAside: true });
  });

  it('is rejected for a pull request that is closed', async () => {
    const { world } = await hostedWorld();
    expect(await accept(world, 'plan', 2)).toMatchObject({
      reason: 'pull_closed',
      message: 'pull request 2 is closed',
    });
  });

  it('is rejected for a base branch that the rules leave out', async () => {
    const { world } = await hostedWorld();
    const read = parseServerRules({
      text: 'repos:\n- id: /.*/\n  branch: /^main$/\n',
      file: 'repos.yaml',
      format: 'yaml',
    });
    if (read.kind === 'invalid') throw new Error(read.message);
    const { deps } = world;
    const ruled = { ...world, deps: { ...deps, settings: { ...deps.settings, serverRules: read.rules } } };
    expect(await accept(ruled, 'plan', 3)).toMatchObject({ reason: 'pull_left_out' });
    expect(await accept(ruled, 'plan', 1)).toMatchObject({ kind: 'accepted' });
  });

  it('is rejected where the host has no such pull request', async () => {
    const { world } = await hostedWorld();
    expect(await accept(world, 'plan', 7)).toMatchObject({
      reason: 'pull_unknown',
      message: 'pull request 7 not found',
    });
  });
});

describe('the checkouts of a pull request', () => {
  const twoWorkspaces = (pull: PullRuns) => pull.plan({ projects: [{}, { workspace: 'eu' }] });

  it('are one for each workspace, and go when the pull request does', async () => {
    const { world, pull } = await workingWorld(oneProject);
    await twoWorkspaces(pull);
    expect(await checkouts(world)).toHaveLength(2);
    await releasePullCheckouts(world.deps, { repoId: world.repo.id, pullNumber: 11 });
    expect(await checkouts(world)).toHaveLength(2);
    await releasePullCheckouts(world.deps, { repoId: world.repo.id, pullNumber: 1 });
    expect(await checkouts(world)).toEqual([]);
    expect(outcomes(await pull.applyAll())).toMatchObject([{ kind: 'applied' }, { kind: 'applied' }]);
  });

  it('go when other servers have let go of the plans', async () => {
    const { world, pull } = await workingWorld(oneProject);
    await twoWorkspaces(pull);
    await tidyKeptCheckouts(world.deps);
    expect(await checkouts(world)).toHaveLength(2);
    const project = { name: '', dir: '.', workspace: 'eu' };
    const gone = { reason: 'unlocked', now: 5 };
    await world.deps.db.transaction((tx) => discardPlans(tx, { repoId: world.repo.id, pullNumber: 1, project }, gone));
    await tidyKeptCheckouts(world.deps);
    expect(await checkouts(world)).toHaveLength(1);
    expect(outcomes(await pull.applyAll())).toMatchObject([{ kind: 'applied' }]);
  });

  it('survive a restart as long as there is a plan to apply in them', async () => {
    const { engine, world, pull } = await workingWorld(oneProject);
    await twoWorkspaces(pull);
    const [first] = await pull.plans();
    await pull.applyAll(first === undefined ? {} : { planId: first });
    await cleanAfterCrash(world.deps);
    expect(await checkouts(world)).toHaveLength(1);
    await pull.applyAll();
    expect((await commands(engine)).sort()).toEqual(['apply', 'apply', 'init', 'init', 'plan', 'plan']);
    await cleanAfterCrash(world.deps);
    expect(await checkouts(world)).toEqual([]);
  });
});

describe('the jobs of a pull request', () => {
  const two = [
    { name: 'late', dir: 'b', executionOrderGroup: 1 },
    { name: 'early', dir: 'a' },
  ];
  const files = { 'a/main.tf': '', 'b/main.tf': '', 'a/fake.sh': '[ $command = plan ] && exit 1\n' };

  it('of later groups are not run after a failure, where that is wanted, and say so', async () => {
    const { engine, world, pull } = await workingWorld(files);
    const run = await pull.plan({ projects: two, order: { parallel: false, abortOnFail: true } });
    expect(run.state).toBe('failed');
    expect(outcomes(run)).toMatchObject([
      {
        kind: 'refused',
        refusal: {
          kind: 'earlier_failed',
          message: 'This project was not run, because one of an earlier execution order group did not succeed.',
        },
      },
      { kind: 'failed' },
    ]);
    expect((await engine.starts()).map((one) => one.project)).toEqual(['a@default', 'a@default']);
    expect(await locks(world)).toEqual([]);
  });

  it('that wait are cancelled with the run, also those that a failure would have kept from running', async () => {
    const { world, pull } = await workingWorld({
      ...files,
      'a/fake.sh': '[ $command = plan ] && { note waits; sleep 60; }\n',
    });
    const runId = await pull.accept(
      { kind: 'plan', extraArgs: [] },
      { projects: two, order: { parallel: false, abortOnFail: true } },
    );
    await waitFor('the first to plan', async () =>
      (await getRun(world.deps.db, runId))?.jobs.some((job) => job.state === 'running'),
    );
    await cancelRun(world.deps, runId, world.actor);
    const run = await world.ended(runId);
    expect(run.state).toBe('cancelled');
    expect(outcomes(run)).toEqual(two.map(() => ({ kind: 'cancelled', by: world.actor.login })));
    expect(await locks(world)).toEqual([]);
  });
});

describeDatabases('the way of a pull request', (open) => {
  it('leads from plan to apply, keeps others out, and leaves nothing when it is closed', async () => {
    const { world, pull } = await workingWorld(oneProject, { db: await open() });
    const other = pullRuns(world, 2);
    const { db } = world.deps;
    const of = { repoId: world.repo.id, pullNumber: 1 };
    await pull.plan();
    expect(outcomes(await other.plan())).toMatchObject([{ refusal: { by: { pullNumber: 1, holds: 'plan' } } }]);
    expect(outcomes(await pull.applyAll())).toMatchObject([{ kind: 'applied' }]);
    expect(outcomes(await other.plan())).toMatchObject([{ refusal: { by: { pullNumber: 1, holds: 'applied' } } }]);
    await world.commit({ mark: 'two' });
    await pull.plan();
    const close = { reason: 'closed', now: 5 };
    const [plans, released] = await db.transaction(async (tx) => [
      await discardPlans(tx, of, close),
      await releasePullLocks(tx, of, { ...close, actor: world.actor }),
    ]);
    await releasePullCheckouts(world.deps, of);
    expect([plans, released.map((lock) => lock.dir), await checkouts(world)]).toEqual([1, ['.'], []]);
    expect(await dropReasons(world)).toEqual(['applied', 'closed']);
    expect(outcomes(await other.plan())).toMatchObject([{ kind: 'planned' }]);
  });
});
