import type { GoValue } from '../go-template/index.ts';
import { diffMarkdown } from './diff-markdown.ts';
import { tame } from './markdown.ts';
import { changedOutsideNote, planSummaryLine } from './plan-summary.ts';
import { titles } from './titles.ts';
import type { CommandView, ProjectReport, ReportedCommand, ReportedOutcome } from './types.ts';

/* What templates find in their dot: the fields of https://www.runatlantis.io/docs/server-configuration#markdown-template-overrides-dir. */

type Fields = { readonly [field: string]: GoValue };

/** As templates call commands. */
const names: Readonly<Record<ReportedCommand, string>> = {
  plan: 'plan',
  apply: 'apply',
  import: 'import',
  state_rm: 'state',
  version: 'version',
  approve_policies: 'approve_policies',
};

/** What every template has. */
export function commonFields(view: CommandView, plansDeleted: boolean, log: string): Fields {
  const { command, options, flavour } = view;
  return {
    Command: titles[command],
    CommandName: names[command],
    SubCommand: command === 'state_rm' ? 'rm' : '',
    Verbose: view.log !== null,
    Log: log,
    PlansDeleted: plansDeleted,
    DisableApplyAll: !options.applyAllAllowed || !options.applyAllowed,
    DisableApply: !options.applyAllowed,
    DisableRepoLocking: !options.repoLocking,
    EnableDiffMarkdownFormat: options.diffMarkdown,
    ExecutableName: options.executableName,
    HideUnchangedPlanComments: options.hideUnchangedPlans,
    QuietPolicyChecks: false,
    VcsRequestType: flavour.requestName,
  };
}

/** One of `.Results`; `rendered` is the text of the project. */
export function resultFields({ project, outcome }: ProjectReport, rendered: string): Fields {
  return {
    Workspace: project.workspace,
    RepoRelDir: project.dir,
    ProjectName: project.name,
    Rendered: rendered,
    NoChanges: outcome.kind === 'unchanged',
    IsSuccessful: isSuccess(outcome),
  };
}

export function isSuccess({ kind }: ReportedOutcome): boolean {
  return kind === 'planned' || kind === 'unchanged' || kind === 'applied' || kind === 'done';
}

/** What the templates of plans have besides. */
export function planFields(report: ProjectReport, plansDeleted: boolean): Fields {
  const { outcome } = report;
  const output = tame(report.output.trim());
  const summary = outcome.kind === 'planned' ? outcome.summary : null;
  return {
    TerraformOutput: output,
    DiffMarkdownFormattedTerraformOutput: diffMarkdown(output),
    LockURL: report.lockUrl ?? '',
    // Templates ask for this before they write the link.
    DisableRepoLocking: report.lockUrl === null,
    RePlanCmd: report.planCommand,
    ApplyCmd: report.applyCommand,
    MergedAgain: report.mergedAgain,
    PlanSummary: [changedOutsideNote(output), planSummaryLine(report)].filter((part) => part !== '').join('\n'),
    PlanWasDeleted: plansDeleted,
    PlanStats: {
      Import: summary?.import ?? 0,
      Add: summary?.add ?? 0,
      Change: summary?.change ?? 0,
      Destroy: summary?.destroy ?? 0,
      Changes: outcome.kind === 'planned',
      ChangesOutside: changedOutsideNote(output) !== '',
    },
  };
}

/** What the templates of applies, imports and the like have besides. */
export function outputFields(report: ProjectReport): Fields {
  return { Output: tame(report.output.trim()), RePlanCmd: report.planCommand };
}

/** What the templates of what did not come out have besides. */
export function problemFields(problem: { readonly kind: string; readonly text: string }): Fields {
  const isError = problem.kind === 'error';
  const text = tame(problem.text);
  return {
    Error: isError ? text : '',
    Failure: isError ? '' : text,
    // Our texts tell these where they are known; templates ask for them.
    RenderedContext: '',
    HeadCommit: '',
    CommitURL: '',
    JobURL: '',
    MultipleJobs: false,
  };
}

/** The numbers that footers have besides. */
export function countFields(projects: readonly ProjectReport[]): Fields {
  const count = (...kinds: ReportedOutcome['kind'][]) =>
    projects.filter(({ outcome }) => kinds.includes(outcome.kind)).length;
  const [changed, unchanged] = [count('planned'), count('unchanged')];
  const [failed, errored] = [count('refused', 'locked_by_pull'), count('failed', 'interrupted', 'cancelled')];
  return {
    NumPlansWithChanges: changed,
    NumPlansWithNoChanges: unchanged,
    NumPlanFailures: projects.length - changed - unchanged,
    NumApplySuccesses: projects.length - failed - errored,
    NumApplyFailures: failed,
    NumApplyErrors: errored,
  };
}
