import type { CommentCommand } from '../commands/index.ts';
import type { Project } from '../projects/index.ts';
import type { Pull } from '../vcs/index.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { isUntargeted } from './on-run-event.ts';
import { type Appliable, namedPlans, type SavedOnPull, standingOf, waitingPlans } from './saved-plans.ts';
import { selectOnPull } from './select-on-pull.ts';
import type { Hindered } from './types.ts';

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
  const { pull } = context.command;
  if (isUntargeted(command.selection)) return chosen(waitingPlans(await standingOf(deps, pull, live)), false);
  const target = { kind: 'selection', selection: command.selection } as const;
  const selected = await selectOnPull(deps, pull.repo, { live, target });
  if (selected.kind !== 'selected') return selected;
  return chosen(namedPlans(await standingOf(deps, pull, live), selected.projects), true);
}

function chosen(saved: SavedOnPull, isNamed: boolean): PlanChoice {
  return saved.kind === 'rejected' ? saved : { ...saved, kind: 'chosen', isNamed };
}
