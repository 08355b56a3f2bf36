import { shortDigest } from './short-digest.ts';
import type { OwningProject } from './types.ts';

export const longestName = 255;
/** What a name may have anywhere; a `/` must neither begin nor end it. */
const inside = String.raw`a-zA-Z0-9_/$\{\}. \-`;
const atEdge = String.raw`a-zA-Z0-9_$\{\}. \-`;
const wellFormed = new RegExp(`^[${atEdge}](?:[${inside}]*[${atEdge}])?$`);

/**
 * What is wrong with a name, in GitLab's words; empty when nothing is.
 * https://docs.gitlab.com/ci/yaml/#environmentname
 */
export function nameProblems(name: string): string[] {
  const problems: string[] = [];
  if (name.trim() === '') problems.push("can't be blank");
  if (Array.from(name).length > longestName) problems.push(`is too long (maximum is ${longestName} characters)`);
  if (!wellFormed.test(name)) {
    problems.push(
      "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'",
    );
  }
  return problems;
}

/**
 * The name that the environment of a project gets: the project's own, else its folder and workspace without those that
 * say nothing (`.` and `default`), with `-` for each character that names may not have.
 */
export function environmentName(project: OwningProject): string {
  const folder = project.dir === '.' ? [] : [project.dir];
  const workspace = project.workspace === 'default' ? [] : [project.workspace];
  const wanted = project.name || [...folder, ...workspace].join('/') || 'default';
  const legal = wanted
    .replace(new RegExp(`[^${inside}]`, 'gu'), '-')
    .replace(/^\/|\/$/g, '-')
    .replace(/^ +$/, '-');
  return legal.length > longestName ? withDigest(legal, project, 0) : legal;
}

/** Another name for a project whose own is taken by another project; `attempt` gives further ones, from 1. */
export function otherEnvironmentName(project: OwningProject, attempt: number): string {
  return withDigest(environmentName(project), project, attempt);
}

/** The first part of a name with several, by which GitLab groups environments; null when there is one part. */
export function folderOf(name: string): string | null {
  const slash = name.indexOf('/');
  return slash < 0 ? null : name.slice(0, slash);
}

/** What follows the folder, which a search looks at too; null when there is no folder. */
export function nameInFolder(name: string): string | null {
  const slash = name.indexOf('/');
  return slash < 0 ? null : name.slice(slash + 1).replace(/^\/+/, '');
}

function withDigest(name: string, project: OwningProject, attempt: number): string {
  const digest = shortDigest(JSON.stringify([project.dir, project.workspace, project.name, attempt]));
  return `${name.slice(0, longestName - digest.length - 1)}-${digest}`;
}
