import { createHash } from 'node:crypto';
import { oneLine } from './markdown.ts';
import type { StatusCommand } from './status-texts.ts';
import type { ProjectReport } from './types.ts';

type NamedProject = Pick<ProjectReport['project'], 'name' | 'dir' | 'workspace'>;

/** Names of the commit statuses of a command. Rules of repositories ask for them by name. */
export type StatusContexts = {
  /** Of the command as a whole, such as `atlantis/plan`. */
  readonly combined: string;
  /** Of each project, in their order, such as `atlantis/plan: prod/default`; null when there are too many. */
  readonly projects: readonly string[] | null;
};

/**
 * The names of a command's statuses (https://www.runatlantis.io/docs/server-configuration#vcs-status-name). Above
 * `maxProjects` only the combined one is set: each status is a request to the host, and nobody reads hundreds of them.
 */
export function statusContexts(of: {
  readonly statusName: string;
  readonly command: StatusCommand;
  readonly projects: readonly NamedProject[];
  readonly maxProjects: number;
}): StatusContexts {
  const combined = `${of.statusName}/${of.command}`;
  return {
    combined: shortened(combined),
    projects:
      of.projects.length > of.maxProjects
        ? null
        : of.projects.map((project) => shortened(`${combined}: ${oneLine(idOf(project))}`)),
  };
}

function idOf({ name, dir, workspace }: NamedProject): string {
  return name === '' ? `${dir}/${workspace}` : name;
}

/** Hosts take 255 characters; a digest of the whole keeps long names apart. */
function shortened(context: string): string {
  const characters = Array.from(context);
  if (characters.length <= 255) return context;
  const digest = createHash('sha256').update(context).digest('hex').slice(0, 12);
  return `${characters.slice(0, 242).join('')}-${digest}`;
}
