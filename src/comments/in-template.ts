import type { TemplateData } from './comment-templates.ts';
import { isSuccess } from './template-data.ts';
import type { CommandView, ProjectReport, ReportedCommand, ReportedOutcome } from './types.ts';

type Text = TemplateData & {
  /** Our own text. */
  readonly usual: () => string;
  /** What follows a template's text, too. */
  readonly after?: string;
};

/** The text that the operator's template of that name makes, or ours where there is none or it goes wrong. */
export function inTemplate(
  { templates }: Pick<CommandView, 'templates'>,
  name: string | undefined,
  { fields, parts, usual, after = '' }: Text,
): string {
  if (name === undefined || !templates?.has(name)) return usual();
  const text = templates.write(name, { fields, parts: { ...parts, [name]: usual } });
  return text === undefined ? usual() : text + after;
}

/** The template of a comment on one project. */
export function singleTemplate(command: ReportedCommand, { outcome }: ProjectReport): string | undefined {
  switch (command) {
    case 'plan':
      return isSuccess(outcome) ? 'singleProjectPlanSuccess' : 'singleProjectPlanUnsuccessful';
    case 'apply':
      return 'singleProjectApply';
    case 'import':
      return 'singleProjectImport';
    case 'state_rm':
      return 'singleProjectStateRm';
    case 'version':
      return isSuccess(outcome) ? 'singleProjectVersionSuccess' : 'singleProjectVersionUnsuccessful';
    case 'approve_policies':
      return undefined;
  }
}

/** The template of a comment on several projects. */
export function severalTemplate(command: ReportedCommand, reports: readonly ProjectReport[]): string | undefined {
  switch (command) {
    case 'plan':
      return 'multiProjectPlan';
    case 'apply':
      return 'multiProjectApply';
    case 'import':
      return 'multiProjectImport';
    case 'state_rm':
      return 'multiProjectStateRm';
    case 'version':
      return 'multiProjectVersion';
    case 'approve_policies':
      return reports.every(({ outcome }) => isSuccess(outcome)) ? 'approveAllProjects' : undefined;
  }
}

/** The template of one project's part; `isFolded` where its text is long. */
export function bodyTemplate(
  command: ReportedCommand,
  { kind }: Pick<ReportedOutcome, 'kind'>,
  isFolded: boolean,
): string | undefined {
  const fold = isFolded ? 'Wrapped' : 'Unwrapped';
  switch (kind) {
    case 'planned':
    case 'unchanged':
    case 'applied':
      return command === 'plan' ? `planSuccess${fold}` : `apply${fold}Success`;
    case 'done':
      return doneTemplate(command, fold);
    case 'refused':
    case 'locked_by_pull':
      return 'failure';
    case 'failed':
      return isFolded ? 'wrappedErr' : 'unwrappedErr';
    case 'cancelled':
    case 'interrupted':
      return undefined;
  }
}

function doneTemplate(command: ReportedCommand, fold: string): string | undefined {
  if (command === 'import') return `importSuccess${fold}`;
  if (command === 'state_rm') return `stateRmSuccess${fold}`;
  return command === 'version' ? `version${fold}Success` : undefined;
}
