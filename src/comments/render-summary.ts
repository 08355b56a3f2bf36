import type { HostMarkdown } from '../vcs/index.ts';
import { codeSpan } from './markdown.ts';
import type { ProjectStatus } from './status-texts.ts';

/** Where one project of a pull request stands. */
export type SummaryProject = {
  readonly name: string;
  readonly dir: string;
  readonly workspace: string;
  readonly status: ProjectStatus;
};

const words: Readonly<Record<ProjectStatus, string>> = {
  planned: ':hourglass: planned, waits to be applied',
  planned_no_changes: ':heavy_check_mark: nothing to change',
  plan_errored: ':x: plan failed',
  plan_discarded: ':put_litter_in_its_place: plan thrown away',
  applied: ':heavy_check_mark: applied',
  apply_errored: ':x: apply failed',
  policy_check_passed: ':hourglass: policies passed, waits to be applied',
  policy_check_errored: ':x: policies did not pass',
};

/**
 * The one comment that tells where a pull request stands, and is written over as that changes: a row for each project, or,
 * where those are longer than `maxLength`, how many stand where. Markdown.
 */
export function renderSummary(of: {
  readonly projects: readonly SummaryProject[];
  readonly headSha: string;
  readonly flavour: HostMarkdown;
  readonly maxLength: number;
}): string {
  const heading = `**Where this ${of.flavour.requestName} stands** at ${codeSpan(of.headSha.slice(0, 7))}`;
  if (of.projects.length === 0) return `${heading}\n\nIt touches no project.`;
  const rows = of.projects.map((project) => `| ${nameOf(project)} | ${words[project.status]} |`);
  const whole = [heading, '', '| Project | |', '| --- | --- |', ...rows].join('\n');
  return whole.length <= of.maxLength ? whole : `${heading}\n\n${counts(of.projects)}`;
}

/** A bar in a code span would end the cell (https://github.github.com/gfm/#tables-extension-). */
function nameOf({ name, dir, workspace }: SummaryProject): string {
  const project = name === '' ? '' : `project: ${codeSpan(name)} `;
  return `${project}dir: ${codeSpan(dir)} workspace: ${codeSpan(workspace)}`.replaceAll('|', String.raw`\|`);
}

function counts(projects: readonly SummaryProject[]): string {
  const found = Object.entries(words).flatMap(([status, text]) => {
    const count = projects.filter((project) => project.status === status).length;
    return count === 0 ? [] : [`- ${count} ${text}`];
  });
  return found.join('\n');
}
