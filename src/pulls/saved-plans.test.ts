import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/support/pull-runs.ts';
import type { ProjectStatus } from '../comments/index.ts';
import type { Project } from '../projects/index.ts';
import {
  type Appliable,
  namedPlans,
  type SavedOnPull,
  type Standing,
  waitForGroups,
  waitingPlans,
} from './saved-plans.ts';
import type { PullProject } from './types.ts';

const head = { headSha: '1111111aaaa', baseBranch: 'main' };

function entry(dir: string, status: ProjectStatus, over: Partial<PullProject> = {}): PullProject {
  return { dir, workspace: 'default', projectName: '', position: 0, status, jobId: null, ...over };
}

function plan(over: Partial<Project>, commitSha = 'c'): Appliable {
  const project = projectOf(over);
  return { planId: 1, commitSha, mergedInto: null, project };
}

function standing(over: Partial<Standing> = {}): Standing {
  return { pull: { planned: head }, live: head, record: [], plans: [], executableName: 'atlantis', ...over };
}

function shown(saved: SavedOnPull): unknown {
  if (saved.kind === 'rejected') return saved.message;
  const nameOf = ({ name, workspace, dir }: Project) => `${name || dir} ${workspace}`;
  return [...saved.appliable.map(({ project }) => nameOf(project)), ...saved.hindered.map(({ reason }) => reason)];
}

const moved = { live: { ...head, headSha: '2222222bbbb' } };
const retargeted = { live: { ...head, baseBranch: 'next' } };
const planA = { record: [entry('a', 'planned')], plans: [plan({ dir: 'a' })] };

describe('waitingPlans', () => {
  const rejected: [string, Partial<Standing>, string][] = [
    ['before any plan', { pull: { planned: null } }, 'no plan found; run `atlantis plan` first'],
    [
      'after a push',
      { ...planA, ...moved },
      'plans are from commit 1111111 but current head is 2222222; run `atlantis plan` before apply',
    ],
    [
      'after a push, without plans',
      moved,
      'recorded plan status is from commit 1111111 but current head is 2222222; run `atlantis plan` before apply',
    ],
    [
      'for another base',
      { ...planA, ...retargeted },
      'plans are for base branch "main" but current base branch is "next"; run `atlantis plan` before apply',
    ],
    [
      'when all was discarded',
      { record: [entry('a', 'plan_discarded')] },
      'the plans of this pull request were discarded; run `atlantis plan` before apply',
    ],
    [
      'when what was not applied was discarded',
      { record: [entry('a', 'applied'), entry('b', 'plan_discarded')] },
      'the plans of this pull request were discarded; run `atlantis plan` before apply',
    ],
  ];
  it('finds nothing to apply after an import', () => {
    expect(waitingPlans(standing({ record: [entry('a', 'plan_discarded', { jobId: 3 })] }))).toEqual({
      kind: 'ready',
      appliable: [],
      hindered: [],
    });
  });
  it('tells of plans that were discarded where nothing else can be applied either', () => {
    const record = [entry('a', 'plan_discarded'), entry('b', 'plan_errored'), entry('c', 'applied')];
    expect(shown(waitingPlans(standing({ record })))).toEqual([
      'plan for dir "a" workspace "default" project "" has status "plan_discarded" and cannot be applied; run `atlantis plan`',
      'plan for dir "b" workspace "default" project "" errored and cannot be applied without a plan file; run `atlantis plan`',
    ]);
    const plans = [plan({ dir: 'd' })];
    expect(
      shown(waitingPlans(standing({ record: [entry('a', 'plan_discarded'), entry('d', 'planned')], plans }))),
    ).toEqual(['d default']);
  });
  it.each(rejected)('refuses %s', (_name, known, message) => {
    expect(shown(waitingPlans(standing(known)))).toBe(message);
  });

  const of = 'for dir "a" workspace "default" project ""';
  const hindered: [ProjectStatus, 'with a plan' | 'without', string[]][] = [
    ['planned', 'with a plan', ['a default']],
    ['planned_no_changes', 'with a plan', ['a default']],
    ['apply_errored', 'with a plan', ['a default']],
    ['policy_check_passed', 'with a plan', ['a default']],
    ['planned', 'without', [`plan file is missing ${of} with status "planned"; run \`atlantis plan\``]],
    ['apply_errored', 'without', [`plan file is missing ${of} with status "apply_errored"; run \`atlantis plan\``]],
    [
      'plan_errored',
      'without',
      [`plan ${of} errored and cannot be applied without a plan file; run \`atlantis plan\``],
    ],
    [
      'plan_errored',
      'with a plan',
      [`plan ${of} has status "plan_errored" and cannot be applied; run \`atlantis plan\``],
    ],
    [
      'policy_check_errored',
      'with a plan',
      [`policy checks have errored ${of} and cannot be applied; run \`atlantis plan\``],
    ],
    ['planned_no_changes', 'without', []],
    ['applied', 'without', []],
  ];
  it.each(hindered)('takes a project that is %s, %s', (status, has, expected) => {
    const plans = has === 'without' ? [] : [plan({ dir: 'a' })];
    expect(shown(waitingPlans(standing({ record: [entry('a', status)], plans })))).toEqual(expected);
  });

  it('orders by group, then by workspace, then by the path of the plan', () => {
    const projects = [
      { name: 'late', dir: '.', executionOrderGroup: 1 },
      { name: 'z', dir: 'b' },
      { name: '', dir: 'a', workspace: 'staging' },
      { name: 'x', dir: 'a/c' },
      { name: '', dir: 'a' },
    ].map((one) => projectOf(one));
    const record = projects.map(({ dir, workspace, name }) => entry(dir, 'planned', { workspace, projectName: name }));
    const plans = projects.map((project) => plan(project));
    const expected = ['x default', 'a default', 'z default', 'a staging', 'late default'];
    expect(shown(waitingPlans(standing({ record, plans })))).toEqual(expected);
  });

  it('applies the others when one cannot be applied', () => {
    const record = [entry('a', 'planned'), entry('b', 'plan_errored')];
    const reason =
      'plan for dir "b" workspace "default" project "" errored and cannot be applied without a plan file; run `tf plan`';
    const known = standing({ ...planA, record, executableName: 'tf' });
    expect(shown(waitingPlans(known))).toEqual(['a default', reason]);
  });

  it('takes plans that were made on different commits of the base', () => {
    const record = [entry('a', 'planned'), entry('b', 'planned')];
    const plans = [plan({ dir: 'b' }, 'older'), plan({ dir: 'a' }, 'newer')];
    expect(shown(waitingPlans(standing({ record, plans })))).toEqual(['a default', 'b default']);
  });
});

describe('namedPlans', () => {
  const a = projectOf({ dir: 'a' });
  const of = 'for dir "a" workspace "default" project ""';

  it('takes those of the named projects alone', () => {
    const record = [entry('a', 'planned'), entry('b', 'planned')];
    const plans = [plan({ dir: 'a' }), plan({ dir: 'b' })];
    expect(shown(namedPlans(standing({ record, plans }), [a]))).toEqual(['a default']);
  });

  it('takes a named plan that was made on an older commit of the base than others', () => {
    const record = [entry('a', 'planned'), entry('b', 'planned')];
    const plans = [plan({ dir: 'a' }, 'older'), plan({ dir: 'b' }, 'newer')];
    expect(shown(namedPlans(standing({ record, plans }), [a]))).toEqual(['a default']);
  });

  it('refuses before any plan', () => {
    const before = standing({ pull: { planned: null } });
    expect(shown(namedPlans(before, [a]))).toBe('no working directory found–did you run plan?');
  });

  const rows: [string, Partial<Standing>, string][] = [
    ['was never planned', {}, `no matching plan status exists ${of}; run \`atlantis plan\``],
    [
      'is applied',
      { record: [entry('a', 'applied')] },
      `plan ${of} has status "applied" and cannot be applied; run \`atlantis plan\``,
    ],
    [
      'has no plan any more',
      { record: [entry('a', 'plan_discarded')] },
      `plan ${of} has status "plan_discarded" and cannot be applied; run \`atlantis plan\``,
    ],
    ['lost its plan', { record: [entry('a', 'planned')] }, `plan file is missing ${of}; run \`atlantis plan\``],
    [
      'was planned for another commit',
      { ...planA, ...moved },
      'recorded plan status is from commit 1111111 but live pull request head is 2222222; run `atlantis plan` before apply',
    ],
  ];
  it.each(rows)('says why a project that %s cannot be applied', (_name, known, reason) => {
    expect(shown(namedPlans(standing(known), [a]))).toEqual([reason]);
  });
});

describe('namedPlans of another workspace', () => {
  const staging = projectOf({ dir: 'a', workspace: 'staging' });

  it.each([
    ['nothing was planned', [entry('a', 'planned')], {}],
    ['nothing was planned, nor anything for this commit', [entry('a', 'planned')], moved],
  ])('says so where %s there', (_name, record, over) => {
    const reason = 'project has not been cloned–did you run plan?';
    expect(shown(namedPlans(standing({ record, ...over }), [staging]))).toEqual([reason]);
  });

  it('misses the plan where another project was planned there', () => {
    const record = [entry('b', 'planned', { workspace: 'staging' })];
    expect(shown(namedPlans(standing({ record }), [staging]))).toEqual([
      'no matching plan status exists for dir "a" workspace "staging" project ""; run `atlantis plan`',
    ]);
  });
});

describe('waitForGroups', () => {
  const saved = {
    kind: 'ready',
    appliable: [plan({ dir: 'a', executionOrderGroup: 1 }), plan({ dir: 'b', executionOrderGroup: 2 })],
    hindered: [{ project: { dir: 'x', workspace: 'default', projectName: '' }, reason: 'no' }],
  } as const;

  it('lets nothing of a later group pass what cannot be applied', () => {
    expect(shown(waitForGroups(saved, () => 1))).toEqual([
      'a default',
      'no',
      'plan for dir "b" workspace "default" project "" waits for an earlier execution order group',
    ]);
  });

  it('lets everything pass what comes last', () => {
    expect(waitForGroups(saved, () => 2)).toEqual(saved);
  });
});
