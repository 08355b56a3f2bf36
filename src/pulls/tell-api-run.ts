import type { Handler } from '../queue/index.ts';
import { getRepo } from '../repos/index.ts';
import { getRun, jobOutputs } from '../runs/index.ts';
import type { PullDeps } from './deps.ts';
import { selectProjects, selectPull } from './pull-store.ts';
import { combinedEnded, projectStatuses, trackedCommand } from './run-statuses.ts';
import { statusNames } from './status-names.ts';
import { writeStatuses } from './write-statuses.ts';

/**
 * The queue's handler for a run of a pull request that the API asked for: sets the statuses of its projects, and the
 * combined ones from where all of them stand. One of another commit than the record is about is none of their concern.
 */
export function tellApiRun(deps: PullDeps): Handler {
  return async (task) => {
    const run = await getRun(deps.db, Number(task.payload.runId));
    const command = run && trackedCommand(run.kind);
    if (!run?.pull || run.pull.isAside || command === undefined) return;
    const { number, headSha, baseBranch } = run.pull;
    const repo = await getRepo(deps.db, run.repoId);
    const host = repo && deps.hosts.byHostname(repo.host);
    const pull = repo && (await selectPull(deps.db, repo, number));
    if (!host || pull?.planned?.headSha !== headSha || pull.planned.baseBranch !== baseBranch) return;
    const names = statusNames(deps.pullSettings);
    const record = (await selectProjects(deps.db, pull.id)).map(({ status }) => status);
    const outputs = await jobOutputs(deps.db, run.id);
    await writeStatuses(deps, { task, host, pull, headSha }, [
      ...projectStatuses(names, command, { jobs: run.jobs, outputs, ended: true }),
      // An apply of the API plans first.
      ...combinedEnded(names, 'plan', record),
    ]);
  };
}
