import { describe, expect, it } from 'vitest';
import { headSha, pullWorld, settingsWith } from '../../test/support/pull-domain.ts';
import type { ProjectStatus } from '../comments/index.ts';
import { tellPlans } from './tell-plans.ts';
import { writeStatuses } from './write-statuses.ts';

async function told(
  record: readonly ProjectStatus[],
  change: 'planned' | 'discarded',
  before: 'success' | 'pending' | null = null,
): Promise<string[]> {
  const projects = record.map((status, index) => ({ dir: `d${index}`, workspace: 'default', projectName: '', status }));
  const { deps, context, statuses } = await pullWorld({ record: projects });
  const target = { ...context, pull: context.command.pull, headSha };
  const apply = { context: 'atlantis/apply', description: 'Before.', targetUrl: null };
  if (before) await writeStatuses(deps, target, [{ ...apply, state: before }]);
  statuses.length = 0;
  await tellPlans({ ...deps, pullSettings: settingsWith() }, target, change);
  return statuses.map(({ context: name, state, description }) => `${name} ${state} ${description}`);
}

const planFailed = 'atlantis/plan failure 1/1 projects failed to plan.';

describe('tellPlans', () => {
  const rows: [string, Parameters<typeof told>, string[]][] = [
    [
      'is pending for applies when changes are left',
      [['planned', 'applied'], 'planned'],
      ['atlantis/plan success 2/2 projects planned successfully.', 'atlantis/apply pending 1/2 projects applied.'],
    ],
    [
      'is green for applies when there are no changes',
      [['planned_no_changes'], 'planned'],
      ['atlantis/plan success 1/1 projects planned successfully.', 'atlantis/apply success 1/1 projects up to date.'],
    ],
    [
      'goes on telling of an apply that failed',
      [['planned', 'apply_errored'], 'planned', 'pending'],
      [
        'atlantis/plan success 2/2 projects planned successfully.',
        'atlantis/apply failure 1/2 projects failed to apply.',
      ],
    ],
    ['says nothing of applies where plans only failed', [['plan_errored'], 'planned'], [planFailed]],
    [
      'takes back an earlier green status of applies',
      [['plan_errored'], 'planned', 'success'],
      [planFailed, 'atlantis/apply pending 0/1 projects applied.'],
    ],
    ['leaves another status of applies alone', [['plan_errored'], 'planned', 'pending'], [planFailed]],
    [
      'says of discarded plans that they are gone',
      [['plan_discarded', 'planned'], 'discarded', 'pending'],
      ['atlantis/plan pending 1/2 projects planned.'],
    ],
  ];
  it.each(rows)('%s', async (_name, asked, expected) => {
    expect(await told(...asked)).toEqual(expected);
  });
});
