import { access, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeEngine } from '../../../test/support/fake-engine.ts';
import { inDir, openRunWorld, type RunWorld, type RunWorldOptions } from '../../../test/support/run-world.ts';
import { temporaryDir } from '../../../test/support/temp.ts';
import { currentState } from '../../states/index.ts';
import type { Job } from '../types.ts';

const resource = (value: string) => `resource "terraform_data" "it" {\n  input = "${value}"\n}\n`;

async function workingWorld(files: RunWorldOptions['files'], over: Partial<RunWorldOptions> = {}): Promise<RunWorld> {
  const world = await openRunWorld({ files, ...over });
  await world.work();
  return world;
}

async function keptState(
  world: RunWorld,
  workspace = 'default',
): Promise<{ serial: number; resources: unknown[] } | null> {
  const state = await currentState(world.deps.db, { repoId: world.repo.id, dir: '.', workspace });
  return state ? (JSON.parse(Buffer.from(state.content).toString()) as never) : null;
}

const outcomeOf = ({ jobs }: { jobs: readonly Job[] }) => jobs[0]?.outcome;

describe('the state of a project without a backend', () => {
  it('is there for the next plan, which has nothing to do', async () => {
    const world = await workingWorld({ 'main.tf': resource('one') });
    expect(outcomeOf(await world.run('apply'))).toMatchObject({ kind: 'applied', summary: { add: 1 } });
    const plan = await world.run('plan');
    expect(outcomeOf(plan)?.kind).toBe('unchanged');
    expect(await world.logOf(plan.jobs[0] as Job)).toContain(
      'No changes. Your infrastructure matches the configuration.',
    );
  });

  it('follows every apply, and a plan tells what is between', async () => {
    const world = await workingWorld({ 'main.tf': resource('one') });
    await world.run('apply');
    const first = (await keptState(world))?.serial ?? 0;
    await world.commit({ 'main.tf': resource('two') });
    expect(outcomeOf(await world.run('plan'))).toMatchObject({ summary: { add: 0, change: 1, destroy: 0 } });
    expect((await keptState(world))?.serial).toBe(first);
    expect(outcomeOf(await world.run('apply'))).toMatchObject({ kind: 'applied', summary: { change: 1 } });
    expect((await keptState(world))?.serial).toBeGreaterThan(first);
  });

  it('is one for each workspace', async () => {
    const world = await workingWorld({ 'main.tf': resource('one') });
    await world.run('apply');
    expect(outcomeOf(await world.run('plan', inDir('.', 'staging')))).toMatchObject({ summary: { add: 1 } });
    await world.run('apply', inDir('.', 'staging'));
    expect(outcomeOf(await world.run('plan', inDir('.', 'staging')))?.kind).toBe('unchanged');
    expect(outcomeOf(await world.run('plan'))?.kind).toBe('unchanged');
    expect(await keptState(world, 'staging')).not.toEqual(await keptState(world));
  });

  it('is saved when an apply fails half-way, so that nothing is made twice', async () => {
    const broken = `${resource('one')}
      resource "terraform_data" "broken" {
        depends_on = [terraform_data.it]
        provisioner "local-exec" {
          command = "exit 3"
        }
      }\n`;
    const world = await workingWorld({ 'main.tf': broken });
    expect(outcomeOf(await world.run('apply'))).toMatchObject({ kind: 'failed', code: 'engine_failed' });
    expect((await keptState(world))?.resources).toHaveLength(2);
    await world.commit({ 'main.tf': resource('one') });
    expect(outcomeOf(await world.run('plan'))).toMatchObject({ summary: { add: 0, change: 0, destroy: 1 } });
  });

  it('is kept for a configured backend "local" with a path inside the repository', async () => {
    const backend = 'terraform {\n  backend "local" {\n    path = "states/here.tfstate"\n  }\n}\n';
    const world = await workingWorld({ 'main.tf': backend + resource('one') });
    await world.run('apply');
    expect(await keptState(world)).not.toBeNull();
    expect(outcomeOf(await world.run('plan'))?.kind).toBe('unchanged');
  });

  it('is left to a backend "local" with a path outside', async () => {
    const path = join(await temporaryDir(), 'outside.tfstate');
    const world = await workingWorld({
      'main.tf': `terraform {\n  backend "local" {\n    path = "${path}"\n  }\n}\n${resource('one')}`,
    });
    await world.run('apply');
    expect(await keptState(world)).toBeNull();
    expect(await readFile(path, 'utf8')).toContain('"terraform_data"');
    expect(outcomeOf(await world.run('plan'))?.kind).toBe('unchanged');
  });

  it('is left alone, with a warning, where the repository tracks the file', async () => {
    const tracked =
      '{"version":4,"terraform_version":"1.5.0","serial":3,"lineage":"tracked","outputs":{},"resources":[]}';
    const world = await workingWorld({ 'main.tf': resource('one'), 'terraform.tfstate': tracked });
    const run = await world.run('apply');
    expect(outcomeOf(run)?.kind).toBe('applied');
    expect(await keptState(world)).toBeNull();
    expect(await world.logOf(run.jobs[0] as Job)).toContain(
      'polder: warning: the repository tracks the state file terraform.tfstate; it is used as it is, and what an apply writes to it is lost',
    );
  });
});

describe('a state that does not continue the one before', () => {
  const writes = (state: string) => `[ $command = apply ] && { echo '${state}' > terraform.tfstate; exit 0; }\n`;
  const world = async (state: string) => {
    const engine = await fakeEngine();
    const files = { 'main.tf': '', mark: 'one' };
    const made = await workingWorld(files, { engine: engine.binary });
    await made.run('apply');
    await made.commit({ 'fake.sh': writes(state) });
    return made;
  };

  it('is kept apart, the one before goes on to count, and the job fails and says so', async () => {
    const made = await world('{"version":4,"serial":9,"lineage":"another"}');
    const before = await keptState(made);
    expect(outcomeOf(await made.run('apply'))).toMatchObject({
      kind: 'failed',
      code: 'state_conflict',
      message: expect.stringMatching(
        /^saving the state after the apply: its lineage is another, not .*; the new state is kept apart/,
      ) as string,
    });
    expect(await keptState(made)).toEqual(before);
    const versions = await made.deps.db.query.selectFrom('state_versions').select('conflict').orderBy('id').execute();
    expect(versions.map((version) => version.conflict !== null)).toEqual([false, true]);
  });

  it('is none when an engine of another version writes the same resources', async () => {
    const engine = await fakeEngine();
    const made = await workingWorld({ 'main.tf': '', mark: 'one' }, { engine: engine.binary });
    await made.run('apply');
    await made.commit({
      'fake.sh':
        '[ $command = apply ] && { sed -i s/}/,\\"terraform_version\\":\\"9\\"}/ terraform.tfstate; exit 0; }\n',
    });
    expect(outcomeOf(await made.run('apply'))?.kind).toBe('applied');
    expect(await keptState(made)).toMatchObject({ serial: 1, terraform_version: '9' });
  });

  it('is told when the file cannot be read, and what the engine said before', async () => {
    const engine = await fakeEngine();
    const files = {
      'main.tf': '',
      mark: 'one',
      'fake.sh': '[ $command = apply ] && { mkdir terraform.tfstate; exit 4; }\n',
    };
    const made = await workingWorld(files, { engine: engine.binary });
    expect(outcomeOf(await made.run('apply'))).toMatchObject({
      kind: 'failed',
      code: 'state_conflict',
      message: expect.stringMatching(
        /^reading the state after the apply: EISDIR.*and before that: .*exit status 4\)$/,
      ) as string,
    });
  });
});

describe('a repository whose links lead out', () => {
  it('gets no state written through a folder', async () => {
    const outside = await temporaryDir();
    const engine = await fakeEngine();
    // What init records of a backend "local" whose path goes through a link that a step made.
    const record = '{"version":3,"backend":{"type":"local","config":{"path":"link/deep/it.tfstate"}}}';
    const script = `[ $command = init ] && { mkdir -p .terraform; echo '${record}' > .terraform/terraform.tfstate; ln -sfn ${outside} link; }\n`;
    const world = await workingWorld({ 'main.tf': '', 'fake.sh': script, mark: 'one' }, { engine: engine.binary });
    const { db } = world.deps;
    await db.query
      .insertInto('state_versions')
      .values({
        repo_id: world.repo.id,
        dir: '.',
        workspace: 'default',
        lineage: 'l',
        serial: 1,
        digest: 'd',
        content: Buffer.from('{}'),
        job_id: null,
        conflict: null,
        created_at: 1,
      })
      .execute();
    await world.run('plan');
    await expect(access(join(outside, 'deep'))).rejects.toThrow('ENOENT');
  });

  it('gets no state written through a tracked link that leads nowhere yet', async () => {
    const outside = join(await temporaryDir(), 'made');
    const engine = await fakeEngine();
    const world = await workingWorld({ 'main.tf': '', mark: 'one' }, { engine: engine.binary });
    await world.run('apply');
    await symlink(outside, join(world.source, 'terraform.tfstate'));
    await world.commit({});
    await world.run('plan');
    await expect(access(outside)).rejects.toThrow('ENOENT');
  });
});
