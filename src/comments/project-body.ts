import { diffMarkdown } from './diff-markdown.ts';
import { applyHint, lockHint, planAgainHint, stalePlanHint } from './hints.ts';
import { bodyTemplate, inTemplate } from './in-template.ts';
import { details, fence, isLong, outputBlock } from './markdown.ts';
import { changedOutsideNote, planSummaryLine } from './plan-summary.ts';
import { type Problem, problemBody } from './problem.ts';
import { commonFields, outputFields, planFields, problemFields } from './template-data.ts';
import type { CommandView, ProjectReport, ReportedOutcome } from './types.ts';

/** What a project's part depends on besides the project. */
export type BodyContext = {
  readonly view: CommandView;
  /** The command as headings call it, such as `Plan`. */
  readonly title: string;
  readonly plansDeleted: boolean;
};

/** One project's result, without its heading. */
export function projectBody(context: BodyContext, report: ProjectReport): string {
  const { view, plansDeleted } = context;
  const usual = () => usualBody(context, report);
  if (view.templates === null) return usual();
  const name = bodyTemplate(view.command, report.outcome, foldingIsOn(view) && isLong(countedText(view, report)));
  const fields = {
    ...commonFields(view, plansDeleted, ''),
    ...planFields(report, plansDeleted),
    ...outputFields(report),
    ...problemFields(problemOf(context, report)),
  };
  return inTemplate(view, name, { fields, parts: partsOf(context, report), usual });
}

/** The parts of a project's text that a template may call. They say nothing where there is nothing to say. */
function partsOf(context: BodyContext, report: ProjectReport) {
  const { view } = context;
  const folded = bodyTemplate(view.command, report.outcome, true);
  const open = bodyTemplate(view.command, report.outcome, false);
  const unfolding: BodyContext = { ...context, view: { ...view, options: { ...view.options, folding: false } } };
  return {
    ...(folded === undefined ? {} : { [folded]: () => usualBody(context, report) }),
    ...(open === undefined ? {} : { [open]: () => usualBody(unfolding, report) }),
    mergedAgain: () => (report.mergedAgain ? mergedAgainNote : ''),
    // Of errors: which commit and job hold a lock, which we tell in their text.
    lockMetadata: () => '',
  };
}

/** The text whose length decides whether a part is folded. */
function countedText({ command }: CommandView, report: ProjectReport): string {
  if (report.outcome.kind === 'failed') return failureText(report, report.outcome.message);
  return command === 'apply' ? report.output : report.output.trim();
}

/** What templates are told of a project that did not come out; empty of one that did. */
function problemOf({ view }: BodyContext, report: ProjectReport): { readonly kind: string; readonly text: string } {
  const { outcome } = report;
  switch (outcome.kind) {
    case 'failed':
      return { kind: 'error', text: failureText(report, outcome.message) };
    case 'refused':
      return { kind: 'failed', text: outcome.refusal.message };
    case 'locked_by_pull':
      return { kind: 'failed', text: lockedText(view, outcome) };
    default:
      return { kind: 'failed', text: '' };
  }
}

function usualBody(context: BodyContext, report: ProjectReport): string {
  const { outcome } = report;
  switch (outcome.kind) {
    case 'planned':
    case 'unchanged':
      return context.view.command === 'plan' ? planBody(context, report) : applyBody(context, report);
    case 'applied':
      return applyBody(context, report);
    case 'done':
      return doneBody(context, report, outcome);
    case 'refused':
      return problem(context, { kind: 'failed', text: outcome.refusal.message, output: '' });
    case 'locked_by_pull':
      return problem(context, { kind: 'failed', text: lockedText(context.view, outcome), output: '' });
    case 'failed':
      return failedBody(context, report, { message: outcome.message, isStale: outcome.code === 'plan_invalid' });
    case 'cancelled':
      return problem(context, { kind: 'cancelled', text: `cancelled by ${outcome.by}.`, output: report.output });
    case 'interrupted': {
      const told = problem(context, { kind: 'interrupted', text: outcome.message, output: report.output });
      return `${told}\n\n${lines([lockHint(report.lockUrl), planAgainHint(report.planCommand)])}`;
    }
  }
}

/** True where the output of a command may be folded away. */
function foldingIsOn({ options, flavour }: Pick<CommandView, 'options' | 'flavour'>): boolean {
  return options.folding && flavour.folding;
}

function planBody({ view, plansDeleted }: BodyContext, report: ProjectReport): string {
  const plan = report.output.trim();
  const fold = foldingIsOn(view) && isLong(plan);
  const shown = view.options.diffMarkdown ? diffMarkdown(plan) : plan;
  const note = changedOutsideNote(plan);
  return lines([
    outputBlock(shown, { language: 'diff', fold }),
    `\n${plansDeleted ? planNotSaved : planHints(view, report)}`,
    fold && note !== '' ? `\n**${note}**` : '',
    fold ? planSummaryLine(report) : '',
    report.mergedAgain
      ? inTemplate(view, 'mergedAgain', {
          fields: planFields(report, plansDeleted),
          parts: {},
          usual: () => mergedAgainNote,
        })
      : '',
  ]);
}

const mergedAgainNote = ':twisted_rightwards_arrows: Upstream was modified, a new merge was performed.';

const planNotSaved =
  'This plan was not saved because one or more projects failed and automerge requires all plans pass.';

function planHints(view: CommandView, report: ProjectReport): string {
  return lines([
    view.options.applyAllowed ? applyHint(report.applyCommand) : '',
    lockHint(report.lockUrl),
    planAgainHint(report.planCommand),
  ]);
}

function applyBody({ view }: BodyContext, { output }: ProjectReport): string {
  if (output.trim() === '') return 'Nothing was printed.';
  // The final line break counts and the section ends with an empty line, unlike in a plan: both are Atlantis' ways.
  const fold = foldingIsOn(view) && isLong(output);
  const fenced = fence(output.trim(), 'diff');
  return fold ? details(`${fenced}\n`) : fenced;
}

function doneBody(
  { view }: BodyContext,
  report: ProjectReport,
  outcome: Extract<ReportedOutcome, { kind: 'done' }>,
): string {
  const output = report.output.trim();
  const fold = foldingIsOn(view) && isLong(output);
  if (view.command === 'approve_policies') return 'Policies approved.';
  if (view.command === 'version') return outputBlock(output, { fold });
  return lines([
    outputBlock(output, { language: 'diff', fold }),
    outcome.planDiscarded ? `${fold ? '' : '\n'}${planDiscarded}` : '',
    `\n${planAgainHint(report.planCommand)}`,
  ]);
}

const planDiscarded = ':put_litter_in_its_place: A plan file was discarded. Re-plan would be required before applying.';

/** `isStale`: the plan cannot be applied again. */
function failedBody(
  context: BodyContext,
  report: ProjectReport,
  { message, isStale }: { readonly message: string; readonly isStale: boolean },
): string {
  const told = problem(context, { kind: 'error', text: failureText(report, message) });
  return isStale && report.planCommand !== '' ? `${told}\n\n${stalePlanHint(report.planCommand)}` : told;
}

function failureText({ output }: ProjectReport, message: string): string {
  return output === '' ? message : `${message}\n${output}`;
}

function problem({ view, title }: BodyContext, what: Problem): string {
  return problemBody(title, what, foldingIsOn(view));
}

function lockedText(
  { command, options, flavour }: CommandView,
  { pullNumber, holds }: Extract<ReportedOutcome, { kind: 'locked_by_pull' }>,
): string {
  const pull = `${flavour.pullSign}${pullNumber}`;
  const held =
    holds === 'plan'
      ? `locked by an unapplied plan from pull ${pull}. To continue, delete the lock from ${pull} or apply that plan ` +
        'and merge the pull request.'
      : `locked by pull ${pull}, which has applied its plan. To continue, merge ${pull} or delete the lock from it.`;
  return `This project is currently ${held}\n\nOnce the lock is released, ${afterwards(command, options)}`;
}

function afterwards(command: CommandView['command'], { executableName }: CommandView['options']): string {
  if (command === 'plan') return `comment \`${executableName} plan\` here to re-plan.`;
  return command === 'apply' ? `comment \`${executableName} apply\` here to apply.` : 'give the command again.';
}

function lines(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}
