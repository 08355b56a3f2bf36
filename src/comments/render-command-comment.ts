import { footerOfOne, footerOfSeveral } from './footer.ts';
import { inTemplate, severalTemplate, singleTemplate } from './in-template.ts';
import { codeSpan, fence, oneLine } from './markdown.ts';
import { type Problem, problemBody } from './problem.ts';
import { type BodyContext, projectBody } from './project-body.ts';
import { projectStatusText } from './status-texts.ts';
import { commonFields, countFields, problemFields, resultFields } from './template-data.ts';
import { titles } from './titles.ts';
import type { CommandResult, CommandView, LogEntry, ProjectReport, ReportedCommand } from './types.ts';

type Ran = Extract<CommandResult, { kind: 'ran' }>;

/**
 * The comment that tells how a command ended, in the words and shape of Atlantis
 * (https://www.runatlantis.io/docs/using-atlantis); where it differs, `docs/migrating-from-atlantis.md` says why. Templates
 * of the operator stand in for the parts that they name.
 * Markdown without surrounding white space, not yet split to a host's limit. Undefined when nothing is to be posted,
 * because all its projects keep silent about this command (`silence_pr_comments`), or a template does.
 */
export function renderCommandComment(view: CommandView): string | undefined {
  return commentText(view) || undefined;
}

function commentText(view: CommandView): string | undefined {
  const { result } = view;
  switch (result.kind) {
    case 'error':
      return nothingRan(view, { kind: 'error', text: result.message });
    case 'failure':
      return nothingRan(view, { kind: 'failed', text: result.message, output: '' });
    case 'ran': {
      const projects = result.projects.filter(({ project }) => !project.silencePrComments?.includes(view.command));
      if (projects.length === 0 && result.projects.length > 0) return undefined;
      return ranText(view, { ...result, projects });
    }
  }
}

function nothingRan(view: CommandView, problem: Problem): string {
  const body = problem.kind === 'error' ? 'unwrappedErr' : 'failure';
  const fields = { ...commonFields(view, false, logText(view)), ...problemFields(problem) };
  const ours = () => problemBody(titles[view.command], problem, false).trim();
  const parts = { ...logPart(view), lockMetadata: () => '', [body]: ours };
  return inTemplate(view, `${body}WithLog`, {
    fields,
    parts,
    usual: () => inTemplate(view, body, { fields, parts, usual: ours }) + logSection(view),
  });
}

function ranText(view: CommandView, ran: Ran): string {
  const { command } = view;
  const context: BodyContext = { view, title: titles[command], plansDeleted: ran.plansDeleted };
  const sections = ran.projects.map((report) => ({ report, body: projectBody(context, report) }));
  const [only, ...others] = sections;
  const isSingle = only !== undefined && others.length === 0 && command !== 'approve_policies';
  const usual = () => (isSingle ? singleText(context, only) : severalText(context, sections));
  const after = removedNote(view, ran.removedDirs);
  return inTemplate(view, isSingle ? singleTemplate(command, only.report) : severalTemplate(command, ran.projects), {
    fields: commentFields(context, sections),
    parts: { ...logPart(view), ...partsOf(context, ran.projects) },
    usual: () => (usual() + after).trim() + logSection(view),
    after,
  });
}

/** One project's part of a comment. */
type Section = { readonly report: ProjectReport; readonly body: string };

function singleText(context: BodyContext, { report, body }: Section): string {
  const { view, title } = context;
  const what = view.command === 'state_rm' ? `${title} \`rm\`` : title;
  return `Ran ${what} for ${where(report)}\n\n${body}${footerOfOne(context, report)}`;
}

function severalText(context: BodyContext, sections: readonly Section[]): string {
  const { view } = context;
  const reports = sections.map(({ report }) => report);
  if (view.command === 'approve_policies' && isApproved(reports)) return approvedText(view, reports);
  const header = inTemplate(view, 'multiProjectHeader', {
    fields: commentFields(context, sections),
    parts: logPart(view),
    usual: () => headerText(context, reports),
  });
  if (sections.length === 0) return header;
  const parts = sections.map(({ report, body }, index) =>
    isHidden(view, report) ? '' : `### ${index + 1}. ${where(report)}\n${body}\n\n---\n`,
  );
  // A template of the header may bring the line below it.
  return `${header.replace(/\n+---$/, '')}\n---\n\n${parts.join('')}${footerText(context, sections)}`;
}

function headerText({ view, title }: BodyContext, reports: readonly ProjectReport[]): string {
  const heading = `Ran ${title} for ${reports.length} projects:`;
  return reports.length === 0 ? heading : `${heading}\n\n${projectList(view, reports)}`;
}

const footerTemplates: Partial<Record<ReportedCommand, string>> = {
  plan: 'multiProjectPlanFooter',
  apply: 'multiProjectApplyFooter',
};

function footerText(context: BodyContext, sections: readonly Section[]): string {
  const usual = () =>
    footerOfSeveral(
      context,
      sections.map(({ report }) => report),
    );
  const fields = commentFields(context, sections);
  return inTemplate(context.view, footerTemplates[context.view.command], {
    fields,
    parts: logPart(context.view),
    usual,
  });
}

function commentFields({ view, plansDeleted }: BodyContext, sections: readonly Section[]) {
  return {
    ...commonFields(view, plansDeleted, logText(view)),
    ...countFields(sections.map(({ report }) => report)),
    Results: sections.map(({ report, body }) => resultFields(report, body.trim())),
  };
}

/** The parts of a comment on projects that a template may call. */
function partsOf(context: BodyContext, reports: readonly ProjectReport[]) {
  const footer = () => footerOfSeveral(context, reports);
  return {
    multiProjectHeader: () => `${headerText(context, reports)}\n${reports.length === 0 ? '' : '---\n\n'}`,
    multiProjectPlanFooter: footer,
    multiProjectApplyFooter: footer,
  };
}

function logPart(view: CommandView) {
  return { log: () => logSection(view) };
}

function approvedText(view: CommandView, projects: readonly ProjectReport[]): string {
  return `Approved Policies for ${projects.length} projects:\n\n${projectList(view, projects)}`;
}

function projectList(view: CommandView, projects: readonly ProjectReport[]): string {
  const result = (report: ProjectReport) =>
    view.resultsInList ? ` — ${oneLine(projectStatusText(view.command, report).description)}` : '';
  return projects.map((report) => `1. ${where(report)}${result(report)}`).join('\n');
}

function where({ project }: ProjectReport): string {
  const name = project.name === '' ? '' : `project: ${codeSpan(project.name)} `;
  return `${name}dir: ${codeSpan(project.dir)} workspace: ${codeSpan(project.workspace)}`;
}

function isHidden({ command, options }: CommandView, { outcome }: ProjectReport): boolean {
  return command === 'plan' && options.hideUnchangedPlans && outcome.kind === 'unchanged';
}

function removedNote({ flavour }: CommandView, dirs: readonly string[]): string {
  if (dirs.length === 0) return '';
  return `\n\nRemoved by this ${flavour.requestName}, so not planned: ${dirs.map(codeSpan).join(', ')}.`;
}

function isApproved(reports: readonly ProjectReport[]): boolean {
  return reports.length > 0 && reports.every(({ outcome }) => outcome.kind === 'done');
}

const levels = { debug: '[DBUG]', info: '[INFO]', warn: '[WARN]', error: '[EROR]' } as const;

function logText({ log }: CommandView): string {
  const entry = ({ level, message }: LogEntry) => `${levels[level]} ${oneLine(message)}`;
  return (log ?? []).map(entry).join('\n');
}

/** What `--verbose` asks for. */
function logSection(view: CommandView): string {
  if (view.log === null) return '';
  const block = fence(logText(view));
  const usual = () =>
    view.flavour.folding
      ? `\n<details><summary>Log</summary>\n<p>\n\n${block}\n</p></details>`
      : `\n\n**Log**\n${block}`;
  return inTemplate(view, 'log', { fields: commonFields(view, false, logText(view)), parts: {}, usual });
}
