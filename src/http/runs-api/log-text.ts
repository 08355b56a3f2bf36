import type { DbHandle } from '../../db/index.ts';
import { readLog } from '../../job-logs/index.ts';
import type { Job } from '../../runs/index.ts';

/** The log of a job as it is now, in portions, each line with its line break and `prefix` in front. */
export async function* logText(db: DbHandle, jobId: number, prefix = ''): AsyncGenerator<string> {
  for (let next = 0; ; ) {
    const part = await readLog(db, jobId, next);
    for (const { lines } of part.pieces) yield lines.map((line) => `${prefix}${line}\n`).join('');
    if (part.nextLine === next) return;
    next = part.nextLine;
  }
}

/** The logs of a run's jobs one after another, each line led by the project it is from. */
export async function* runLogText(db: DbHandle, jobs: readonly Job[]): AsyncGenerator<string> {
  for (const job of jobs) yield* logText(db, job.id, `[${projectLabel(job)}] `);
}

/** What people call a job's project: its name, or its folder and workspace. */
export function projectLabel({ project }: Pick<Job, 'project'>): string {
  return project.name === '' ? `${project.dir}/${project.workspace}` : project.name;
}
