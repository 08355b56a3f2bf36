import type { LogEntry } from '../comments/index.ts';
import type { RunWithJobs } from '../runs/index.ts';
import type { CommandContext } from './deps.ts';

/** What `--verbose` adds to a comment: how the command went, step by step. Holds nothing that the server keeps secret. */
export function verboseLog({ command, ref }: CommandContext, run: RunWithJobs | undefined): LogEntry[] {
  const entries: LogEntry[] = [
    info(`command ${command.id} on ${ref.fullName}#${ref.number} by ${command.actor.login}`),
    debug(`received at ${timeOf(command.createdAt)}`),
  ];
  if (!run) return [...entries, info('no run was made for it')];
  entries.push(info(`run ${run.id} of commit ${run.commitSha}, ${run.jobs.length} projects`));
  entries.push(debug(`accepted at ${timeOf(run.createdAt)}, began at ${timeOf(run.startedAt)}`));
  for (const job of run.jobs) {
    const { name, dir, workspace } = job.project;
    const project = name === '' ? `dir ${dir}, workspace ${workspace}` : `${name} (dir ${dir}, workspace ${workspace})`;
    const took = job.startedAt !== null && job.endedAt !== null ? ` after ${job.endedAt - job.startedAt} ms` : '';
    entries.push({
      level: levelOf(job.outcome?.kind),
      message: `${project}: ${job.outcome?.kind ?? job.state}${took}`,
    });
  }
  return entries;
}

function levelOf(outcome: string | undefined): LogEntry['level'] {
  if (outcome === 'failed' || outcome === 'interrupted') return 'error';
  return outcome === 'refused' || outcome === 'cancelled' ? 'warn' : 'info';
}

function info(message: string): LogEntry {
  return { level: 'info', message };
}

function debug(message: string): LogEntry {
  return { level: 'debug', message };
}

function timeOf(at: number | null): string {
  return at === null ? 'never' : new Date(at).toISOString();
}
