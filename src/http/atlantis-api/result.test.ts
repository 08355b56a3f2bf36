import { describe, expect, it } from 'vitest';
import { usualProjectSettings } from '../../../test/support/rules.ts';
import type { CommandKind } from '../../commands/index.ts';
import { lockName, lockNameOnHost } from '../../locks/index.ts';
import type { Project } from '../../projects/index.ts';
import type { Job, JobOutcome, RunWithJobs } from '../../runs/index.ts';
import { commandResult, toAtlantisResult } from './result.ts';

const settings: Parameters<typeof toAtlantisResult>[2] = {
  baseUrl: 'https://polder.test/base',
  executableName: 'polder',
  lockName,
};
const project: Project = {
  name: '',
  dir: 'infra/vpc',
  workspace: 'eu',
  terraformVersion: null,
  distribution: null,
  executionOrderGroup: 0,
  whenModified: null,
  ...usualProjectSettings,
  silencePrComments: ['plan'],
};

function runOf(kind: CommandKind, outcome: JobOutcome | null): RunWithJobs {
  const job: Job = {
    id: 7,
    uuid: '6f1c3a52-7c52-4b1e-9f43-0f8d35e6f0aa',
    runId: 3,
    position: 0,
    project,
    planId: null,
    state: 'succeeded',
    attempt: 1,
    outcome,
    createdAt: 0,
    startedAt: 0,
    applyingAt: null,
    endedAt: 0,
  };
  const repo = { host: 'git.test', fullName: 'acme/p1' };
  return { id: 3, kind, command: { kind }, repo, jobs: [job] } as unknown as RunWithJobs;
}

function resultOf(kind: CommandKind, outcome: JobOutcome | null, output: string) {
  const result = commandResult.parse(toAtlantisResult(runOf(kind, outcome), new Map([[7, output]]), settings));
  return result.ProjectResults[0];
}

const common = {
  Error: null,
  Failure: '',
  PlanSuccess: null,
  PolicyCheckSuccess: null,
  PolicyCheckResults: null,
  ApplySuccess: '',
  VersionSuccess: '',
  ImportSuccess: null,
  StateRmSuccess: null,
  SubCommand: '',
  RepoRelDir: 'infra/vpc',
  Workspace: 'eu',
  ProjectName: '',
  SilencePRComments: ['plan'],
};
const plan = {
  TerraformOutput: 'text',
  LockURL: 'https://polder.test/base/lock?id=acme%252Fp1%252Finfra%252Fvpc%252Feu%252F',
  RePlanCmd: 'polder plan -d infra/vpc -w eu',
  ApplyCmd: 'polder apply -d infra/vpc -w eu',
  HasDiverged: false,
  MergedAgain: false,
};

describe('toAtlantisResult', () => {
  it('names the host in the link to a lock where two hosts have the repository', () => {
    const outcome: JobOutcome = { kind: 'planned', summary: null, planId: 1 };
    const named = { ...settings, lockName: lockNameOnHost };
    const result = commandResult.parse(toAtlantisResult(runOf('plan', outcome), new Map(), named));
    const id = encodeURIComponent(encodeURIComponent('git.test/acme/p1/infra/vpc/eu/'));
    expect(result.ProjectResults[0]?.PlanSuccess?.LockURL).toBe(`https://polder.test/base/lock?id=${id}`);
  });

  it.each<[string, 'plan' | 'apply', JobOutcome | null, object]>([
    ['a plan', 'plan', { kind: 'planned', summary: null, planId: 1 }, { Command: 1, PlanSuccess: plan }],
    ['a plan without changes', 'plan', { kind: 'unchanged', planId: 1 }, { Command: 1, PlanSuccess: plan }],
    ['an apply', 'apply', { kind: 'applied', summary: null, planId: 1 }, { Command: 0, ApplySuccess: 'text' }],
    ['an apply without changes', 'apply', { kind: 'unchanged', planId: 1 }, { Command: 0, ApplySuccess: 'text' }],
    [
      'a refusal',
      'apply',
      { kind: 'refused', refusal: { kind: 'locked', message: 'locked by #1' } },
      { Command: 0, Failure: 'locked by #1' },
    ],
    [
      'a failure, with what the program said',
      'plan',
      { kind: 'failed', code: 'engine_failed', message: 'planning: exit status 1' },
      { Command: 1, Error: { Message: 'planning: exit status 1\ntext', Code: 'engine_failed' } },
    ],
    [
      'an interruption, with what is known of it',
      'apply',
      { kind: 'interrupted', phase: 'apply', message: 'the server died' },
      { Command: 0, Error: { Message: 'the server died\ntext', Code: 'interrupted' } },
    ],
    ['a cancellation', 'plan', { kind: 'cancelled', by: 'ada' }, { Command: 1, Failure: 'cancelled by ada' }],
    ['a job that goes on', 'plan', null, { Command: 1, Failure: 'run 3 has not ended yet' }],
  ])('tells of %s', (_title, kind, outcome, fields) => {
    expect(resultOf(kind, outcome, 'text')).toEqual({ ...common, ...fields });
  });

  it.each<[CommandKind, object]>([
    ['version', { Command: 6, VersionSuccess: 'text' }],
    ['import', { Command: 7, ImportSuccess: { Output: 'text', RePlanCmd: plan.RePlanCmd } }],
    ['state_rm', { Command: 8, SubCommand: 'rm', StateRmSuccess: { Output: 'text', RePlanCmd: plan.RePlanCmd } }],
  ])('tells of a command that only pull requests know: %s', (kind, fields) => {
    expect(resultOf(kind, { kind: 'done', planDiscarded: false }, 'text')).toEqual({ ...common, ...fields });
  });

  it('takes an apply that printed nothing for what it is', () => {
    expect(resultOf('apply', { kind: 'applied', summary: null, planId: 1 }, '')).toEqual({ ...common, Command: 0 });
  });
});
