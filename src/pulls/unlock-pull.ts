import { notices, type ProjectStatus } from '../comments/index.ts';
import type { Tx } from '../db/index.ts';
import { releasePullLocks } from '../locks/index.ts';
import { discardPlans } from '../plans/index.ts';
import type { Pull } from '../vcs/index.ts';
import { betweenRuns } from './between-runs.ts';
import { setFacts } from './command-store.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { selectProjects, upsertProject } from './pull-store.ts';
import { reply } from './reply.ts';
import { tellPlans } from './tell-plans.ts';
import type { PullProject } from './types.ts';
import type { StatusTarget } from './write-statuses.ts';

/** Gives back the locks of a pull request and throws its plans away. Null, or why it was not done. */
export async function unlockPull(deps: PullDeps, context: CommandContext, live: Pull): Promise<string | null> {
  const { disableUnlockLabel: label, silenceNoProjects } = deps.pullSettings;
  if (label !== '' && live.labels.includes(label)) {
    await reply(deps, context, { key: 'refusal', body: notices.unlockForbidden(label) });
    return `the label ${label} says not to unlock`;
  }
  const { command } = context;
  const of = { repoId: command.pull.repo.id, pullNumber: command.pull.number };
  const count = await betweenRuns(deps, context, async (tx) => {
    const now = deps.now();
    const reason = `unlocked by ${command.actor.login}`;
    const locks = await releasePullLocks(tx, of, { actor: command.actor, reason, now });
    const plans = await discardPlans(tx, of, { reason, now });
    await recordDiscarded(tx, command.pull.id, { now });
    // Carried out again, because it could not be told, there is nothing left to release.
    const unlocked = (command.facts.unlocked ?? 0) + locks.length + plans;
    await setFacts(tx, command.id, { unlocked });
    return unlocked;
  });
  if (count > 0 || !silenceNoProjects) await reply(deps, context, { key: 'answer', body: notices.unlocked() });
  await tellDiscarded(deps, { ...context, pull: command.pull });
  return null;
}

/** Where a project stands whose plan is thrown away. What was applied stays applied. */
const withPlan: readonly ProjectStatus[] = [
  'planned',
  'planned_no_changes',
  'apply_errored',
  'policy_check_errored',
  'policy_check_passed',
];

/** Notes that no project of the pull request, or only not those that `isMeant` names, has a plan any more. */
export async function recordDiscarded(
  tx: Tx,
  pullId: number,
  {
    now,
    isMeant = () => true,
  }: { readonly now: number; readonly isMeant?: (project: Omit<PullProject, 'status' | 'jobId'>) => boolean },
): Promise<void> {
  for (const project of await selectProjects(tx, pullId)) {
    if (!isMeant(project) || !withPlan.includes(project.status)) continue;
    await upsertProject(tx, pullId, { ...project, jobId: null, status: 'plan_discarded', now });
  }
}

/** The status of the plans must not stay green when there are none. */
export async function tellDiscarded(
  deps: PullDeps,
  { task, host, pull }: Pick<StatusTarget, 'task' | 'host' | 'pull'>,
): Promise<void> {
  if (!pull.planned) return;
  const record = await selectProjects(deps.db, pull.id);
  if (!record.some(({ status }) => status === 'plan_discarded')) return;
  await tellPlans(deps, { task, host, pull, headSha: pull.planned.headSha }, 'discarded');
}
