import type { Log } from '../lib/log.ts';
import type { Task } from '../queue/index.ts';
import type { RecentSources } from '../repos/index.ts';
import type { RunDeps } from '../runs/index.ts';
import type { PullHost, PullRef, VcsHost } from '../vcs/index.ts';
import type { PullSettings } from './settings.ts';
import type { PullCommand } from './types.ts';

/** What pull requests are made from. */
export type PullDeps = RunDeps & {
  /** The repository allow-list. */
  readonly isAllowed: (host: string, fullName: string) => boolean;
  readonly pullSettings: PullSettings;
  readonly sources: RecentSources;
};

/** A command in hand. */
export type CommandContext = {
  readonly task: Task;
  /** Aborts once nobody waits for its work any more: the command was ended, or lost to another worker. */
  readonly signal: AbortSignal;
  readonly command: PullCommand;
  readonly host: VcsHost;
  readonly pulls: PullHost;
  readonly ref: PullRef;
  /** Names the pull request in every entry. */
  readonly log: Log;
};

/** Undefined when this server does not work for the host, or the host has no pull requests. */
export function contextOf(deps: PullDeps, task: Task, command: PullCommand): CommandContext | undefined {
  const { repo, number } = command.pull;
  const host = deps.hosts.byHostname(repo.host);
  if (!host?.pulls) return undefined;
  const ref = { fullName: repo.fullName, number };
  const log = deps.log.child({ repo: repo.fullName, pull: number, command: command.id });
  return { task, signal: task.signal, command, host, pulls: host.pulls, ref, log };
}
