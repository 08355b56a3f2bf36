import type { CommentCommand } from '../commands/index.ts';
import type { Project } from '../projects/index.ts';
import { findJobs } from '../runs/index.ts';
import type { Pull } from '../vcs/index.ts';
import { isUntargeted } from './command-target.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import {
  type Appliable,
  namedPlans,
  type SavedOnPull,
  standingOf,
  waitForGroups,
  waitingPlans,
} from './saved-plans.ts';
import { selectOnPull } from './select-on-pull.ts';
import { settingsOfPlan } from './settings-of-run.ts';
import type { Hindered, PullRecord } from './types.ts';

export type PlanChoice =
  | {
      readonly kind: 'chosen';
      readonly appliable: readonly Appliable[];
      readonly hindered: readonly Hindered[];
      /** The comment named projects: what is in the way of one is told as its result. */
      readonly isNamed: boolean;
    }
  | { readonly kind: 'ignored'; readonly note: string }
  | { readonly kind: 'rejected'; readonly message: string; readonly absent?: Project };

export type Choosing = { readonly live: Pull; readonly command: Extract<CommentCommand, { kind: 'apply' }> };

/** The plans that a comment `apply` means: all that wait, or those of the projects that it names. */
export async function choosePlans(
  deps: PullDeps,
  context: CommandContext,
  { live, command }: Choosing,
): Promise<PlanChoice> {
  const { signal, command: asked } = context;
  const { pull } = asked;
  if (isUntargeted(command.selection)) return chosen(await allWaiting(deps, pull, live), false);
  const target = { kind: 'selection', selection: command.selection } as const;
  // What is planned may be applied.
  const selected = await selectOnPull(deps, pull.repo, { live, target, restrictFileList: false, signal });
  if (selected.kind !== 'selected') return selected;
  return chosen(namedPlans(await standingOf(deps, pull, live), selected.projects), true);
}

async function allWaiting(deps: PullDeps, pull: PullRecord, live: Pull): Promise<SavedOnPull> {
  const standing = await standingOf(deps, pull, live);
  const saved = waitingPlans(standing);
  if (saved.kind === 'rejected' || saved.hindered.length === 0) return saved;
  const [first] = saved.appliable;
  if (!first) return saved;
  if (!(await settingsOfPlan(deps, pull.repo, { plan: first, live }))?.abortOnExecutionOrderFail) return saved;
  const jobs = await findJobs(
    deps.db,
    standing.record.flatMap(({ jobId }) => jobId ?? []),
  );
  return waitForGroups(saved, ({ dir, workspace, projectName }) => {
    const known = standing.record.find(
      (one) => one.dir === dir && one.workspace === workspace && one.projectName === projectName,
    );
    return jobs.get(known?.jobId ?? 0)?.project.executionOrderGroup ?? 0;
  });
}

function chosen(saved: SavedOnPull, isNamed: boolean): PlanChoice {
  return saved.kind === 'rejected' ? saved : { ...saved, kind: 'chosen', isNamed };
}
