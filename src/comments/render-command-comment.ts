import { footerOfOne, footerOfSeveral } from './footer.ts';
import { codeSpan, fence, oneLine } from './markdown.ts';
import { problemBody } from './problem.ts';
import { type BodyContext, projectBody } from './project-body.ts';
import { projectStatusText } from './status-texts.ts';
import { titles } from './titles.ts';
import type { CommandResult, CommandView, LogEntry, ProjectReport } from './types.ts';

type Ran = Extract<CommandResult, { kind: 'ran' }>;

/**
 * The comment that tells how a command ended, in the words and shape of Atlantis
 * (https://www.runatlantis.io/docs/using-atlantis); where it differs, `docs/migrating-from-atlantis.md` says why.
 * Markdown without surrounding white space, not yet split to a host's limit. Undefined when nothing is to be posted,
 * because all its projects keep silent about this command (`silence_pr_comments`).
 */
export function renderCommandComment(view: CommandView): string | undefined {
  const text = resultText(view);
  return text === undefined ? undefined : text.trim() + logSection(view);
}

function resultText(view: CommandView): string | undefined {
  const { result } = view;
  const title = titles[view.command];
  switch (result.kind) {
    case 'error':
      return problemBody(title, { kind: 'error', text: result.message }, false);
    case 'failure':
      return problemBody(title, { kind: 'failed', text: result.message, output: '' }, false);
    case 'ran': {
      const projects = result.projects.filter(({ project }) => !project.silencePrComments?.includes(view.command));
      if (projects.length === 0 && result.projects.length > 0) return undefined;
      return ranText(view, { ...result, projects }) + removedNote(view, result.removedDirs);
    }
  }
}

function ranText(view: CommandView, ran: Ran): string {
  const context: BodyContext = { view, title: titles[view.command], plansDeleted: ran.plansDeleted };
  const [only, ...others] = ran.projects;
  if (view.command === 'approve_policies') {
    const approved = ran.projects.length > 0 && ran.projects.every(({ outcome }) => outcome.kind === 'done');
    return approved ? approvedText(view, ran.projects) : severalText(context, ran);
  }
  return only && others.length === 0 ? singleText(context, only) : severalText(context, ran);
}

function singleText(context: BodyContext, report: ProjectReport): string {
  const { view, title } = context;
  const what = view.command === 'state_rm' ? `${title} \`rm\`` : title;
  return `Ran ${what} for ${where(report)}\n\n${projectBody(context, report)}${footerOfOne(context, report)}`;
}

function severalText(context: BodyContext, { projects }: Ran): string {
  const heading = `Ran ${context.title} for ${projects.length} projects:`;
  if (projects.length === 0) return heading;
  const sections = projects.map((report, index) => {
    if (isHidden(context.view, report)) return '';
    return `### ${index + 1}. ${where(report)}\n${projectBody(context, report)}\n\n---\n`;
  });
  const list = projectList(context.view, projects);
  return `${heading}\n\n${list}\n---\n\n${sections.join('')}${footerOfSeveral(context, projects)}`;
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

const levels = { debug: '[DBUG]', info: '[INFO]', warn: '[WARN]', error: '[EROR]' } as const;

/** What `--verbose` asks for. */
function logSection({ log, flavour }: CommandView): string {
  if (log === null) return '';
  const entry = ({ level, message }: LogEntry) => `${levels[level]} ${oneLine(message)}`;
  const block = fence(log.map(entry).join('\n'));
  return flavour.folding
    ? `\n<details><summary>Log</summary>\n<p>\n\n${block}\n</p></details>`
    : `\n\n**Log**\n${block}`;
}
