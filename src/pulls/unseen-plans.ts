import type { Pull } from '../vcs/index.ts';
import { selectPlannerMeanwhile, selectShownHead } from './command-store.ts';
import type { CommandContext, PullDeps } from './deps.ts';

/**
 * What an apply that waited is told when the plans are others than those that could be seen when it was asked for: those of
 * a push, or of a plan that somebody else asked for, with arguments of theirs perhaps. Undefined when they are the same, or
 * whoever asks for the apply has asked for the plan, or none had been shown: then it was meant for whatever the plan brings.
 * To be asked where there are plans of the head: without any, looking at them is no advice.
 */
export async function unseenPlans(
  deps: PullDeps,
  { command }: CommandContext,
  live: Pull,
): Promise<string | undefined> {
  const shown = await selectShownHead(deps.db, command.pull.id, command.createdAt);
  if (shown === null) return undefined;
  const advice = `look at its plans, then run \`${deps.pullSettings.executableName} apply\` again`;
  if (shown === live.headSha) {
    const planner = await selectPlannerMeanwhile(deps.db, command);
    return planner && `stale plans: ${planner} has planned the pull request again since this was asked for; ${advice}`;
  }
  const [old, now] = [shown, live.headSha].map((sha) => sha.slice(0, 7));
  return (
    `stale command head: this was asked for when the plans of ${old} were shown, and the pull request head is ${now} by ` +
    `now; ${advice}`
  );
}
