import { changedPaths, hasCommit } from '../git/index.ts';
import { selectsProject } from '../projects/index.ts';
import type { RequirementName } from '../repo-config/index.ts';
import type { Refusal, Requirement, RequirementContext, RunPull } from '../runs/index.ts';
import type { PullHost, PullRef } from '../vcs/index.ts';
import type { PullDeps } from './deps.ts';
import { branchTip, fetchPull } from './fetch-pull.ts';
import { selectProjects, selectPull } from './pull-store.ts';

/** How long an answer of a host holds for the projects of one run. */
const freshMs = 10_000;
/** Jobs that begin together share a look at the head; nothing is applied on an older one. */
const headFreshMs = 1_000;

type Answer = { readonly at: number; readonly value: Promise<string | undefined> };

/** What a requirement is asked with. */
type Question = {
  readonly context: RequirementContext;
  readonly pull: RunPull;
  readonly ref: PullRef;
  readonly pulls: PullHost;
  /** As in the capabilities of its host. */
  readonly everyStatusBlocks: boolean;
};

/**
 * What a repository demands before a project of a pull request is planned, applied or imported into: in the order in
 * which it lists them, the first that is not met is the refusal. The host is asked only for what is demanded, and once
 * for the projects of a run. https://www.runatlantis.io/docs/command-requirements
 */
export function pullRequirement(deps: PullDeps): Requirement {
  const answers = new Map<string, Answer>();
  return async (context) => {
    const { run, repo, job } = context;
    if (run.kind === 'version' || run.kind === 'state_rm') return undefined;
    const names = demanded(context);
    const host = deps.hosts.byHostname(repo.host);
    const pulls = host?.pulls;
    const missing = run.pull === null || !pulls;
    if (missing) return names[0] === undefined ? undefined : refusal(unmetText(names[0], run.kind));
    const ref = { fullName: repo.fullName, number: run.pull.number };
    const { everyStatusBlocks } = host.capabilities;
    const question = { context, pull: run.pull, pulls, everyStatusBlocks, ref };
    const moved = run.kind === 'apply' && (await movedHead(deps, answers, question));
    if (moved) return refusal(moved);
    for (const name of names) {
      const message = await ask(deps, answers, { ...question, name });
      if (message !== undefined) return refusal(message);
    }
    return run.kind === 'apply' ? dependencyRefusal(deps, question, job.project.dependsOn) : undefined;
  };
}

/**
 * What was planned and approved is applied, and nothing that a push has overtaken meanwhile, or that was given up: a run of
 * many projects takes its time. Undefined while the pull request is where it was.
 */
async function movedHead(
  deps: PullDeps,
  answers: Map<string, Answer>,
  { context, pull, pulls, ref }: Question,
): Promise<string | undefined> {
  if (context.run.trigger.kind !== 'pull') return undefined;
  return remembered(answers, { key: `${context.run.id} head`, now: deps.now(), forMs: headFreshMs }, async () => {
    const live = await pulls.getPull(ref);
    const again = `run \`${deps.pullSettings.executableName} plan\` before apply`;
    if (!live) return `stale command head: the pull request is gone; ${again}`;
    if (!live.open && !live.merged) return 'the pull request was closed while apply was running';
    if (live.headSha !== pull.headSha) {
      const [old, now] = [pull.headSha, live.headSha].map((sha) => sha.slice(0, 7));
      return `stale command head: pull request head changed from ${old} to ${now} while apply was running; ${again}`;
    }
    if (live.baseBranch === pull.baseBranch) return undefined;
    const [old, now] = [pull.baseBranch, live.baseBranch].map((branch) => JSON.stringify(branch));
    return `stale command head: base branch changed from ${old} to ${now} while apply was running; ${again}`;
  });
}

function refusal(message: string): Refusal {
  return { kind: 'requirement', message };
}

function demanded({ run, job }: RequirementContext): readonly RequirementName[] {
  const { planRequirements, applyRequirements, importRequirements } = job.project;
  if (run.kind === 'plan') return planRequirements;
  return run.kind === 'apply' ? applyRequirements : importRequirements;
}

/** Undefined when it is met. What holds for the whole pull request is asked once for all projects of a run. */
async function ask(
  deps: PullDeps,
  answers: Map<string, Answer>,
  question: Question & { readonly name: RequirementName },
): Promise<string | undefined> {
  const { name, context } = question;
  if (name === 'undiverged') return divergence(deps, question);
  const look = async () => {
    if (!(await isOfHead(question))) return unmetText(name, context.run.kind);
    return name === 'approved' ? approval(question) : mergeability(deps, question);
  };
  return remembered(answers, { key: `${context.run.id} ${name}`, now: deps.now(), forMs: freshMs }, look);
}

/** What a run of the API is asked for may be another commit than the one that people look at and approve. */
async function isOfHead({ context, pull, pulls, ref }: Question): Promise<boolean> {
  if (context.run.trigger.kind === 'pull') return true;
  return (await pulls.getPull(ref))?.headSha === pull.headSha;
}

/** The answer of a look not long ago, or of a new one. */
function remembered(
  answers: Map<string, Answer>,
  { key, now, forMs }: { readonly key: string; readonly now: number; readonly forMs: number },
  look: () => Answer['value'],
): Answer['value'] {
  for (const [old, { at }] of answers) if (now - at > freshMs) answers.delete(old);
  const known = answers.get(key);
  if (known && now - known.at <= forMs) return known.value;
  const value = look();
  answers.set(key, { at: now, value });
  value.catch(() => answers.delete(key));
  return value;
}

function unmetText(name: RequirementName, command: string): string {
  switch (name) {
    case 'approved':
      return `Pull request must be approved according to the project's approval rules before running ${command}.`;
    case 'mergeable':
      return `Pull request must be mergeable before running ${command}.`;
    case 'undiverged':
      return `Default branch must be rebased onto pull request before running ${command}.`;
  }
}

async function approval({ pulls, ref, context }: Question): Promise<string | undefined> {
  const { approved } = await pulls.getApproval(ref);
  return approved ? undefined : unmetText('approved', context.run.kind);
}

/**
 * Our own statuses must not keep us from what they are waiting for: that of the command itself never counts. Where every
 * status blocks, neither do those of plans, or a plan that failed could never be repeated, nor others be applied.
 */
async function mergeability(
  deps: PullDeps,
  { pulls, ref, context, everyStatusBlocks }: Question,
): Promise<string | undefined> {
  const { vcsStatusName, ignoreVcsStatusNames: ignored } = deps.pullSettings;
  const commands = context.run.kind === 'plan' || everyStatusBlocks ? ['plan', 'policy_check', 'apply'] : ['apply'];
  const own = commands.map((command) => `${vcsStatusName}/${command}`);
  const isOwn = (name: string) => own.some((context) => name === context || name.startsWith(`${context}:`));
  const answer = await pulls.getMergeability(ref, (name) => isOwn(name) || ignored.has(name.split('/', 1)[0] ?? ''));
  if (answer.mergeable) return undefined;
  const text = unmetText('mergeable', context.run.kind);
  return `${text.slice(0, -1)} (${answer.reason}).`;
}

/**
 * With the `merge` strategy: that nothing which selects this project has changed on the base branch since what is checked
 * out was made. Whoever checks out the branch alone never diverges.
 */
async function divergence(deps: PullDeps, question: Question): Promise<string | undefined> {
  if (deps.pullSettings.checkoutStrategy !== 'merge') return undefined;
  const { context, pull } = question;
  const { run, repo, job } = context;
  await fetchPull(deps, repo);
  const tip = await branchTip(deps, repo.id, pull.baseBranch);
  const isKnown = tip !== undefined && (await hasCommit(deps.git, repo.id, run.commitSha));
  if (!isKnown) return unmetText('undiverged', run.kind);
  // A plan is made of a merge that may be newer than what people have looked at; what is applied is what was planned.
  const base = run.kind === 'plan' ? pull.headSha : run.commitSha;
  const paths = await changedPaths(deps.git, repo.id, { base, head: tip });
  return selectsProject(job.project, paths, deps.settings.autoplanFileList)
    ? unmetText('undiverged', run.kind)
    : undefined;
}

/** A project that the record does not have is not waited for. */
async function dependencyRefusal(
  deps: PullDeps,
  { context, pull }: Question,
  dependsOn: readonly string[],
): Promise<Refusal | undefined> {
  if (dependsOn.length === 0) return undefined;
  const known = await selectPull(deps.db, context.repo, pull.number);
  const record = known ? await selectProjects(deps.db, known.id) : [];
  const isOpen = (name: string) =>
    record.some(
      (project) => project.projectName === name && !['applied', 'planned_no_changes'].includes(project.status),
    );
  const missing = dependsOn.find(isOpen);
  if (missing === undefined) return undefined;
  return refusal(`Can't apply your project unless you apply its dependencies: [${missing}]`);
}
