import { renderTable } from '../render-table.ts';
import type { ApiClient, ApiJob, ApiRun } from './api-client.ts';
import { closeEarlierPulls, type Say, takePullTour } from './pull-tour.ts';
import { sampleProjects, sampleRepoName } from './sample-repo.ts';

/**
 * Plans and applies the sample over HTTP, with the logs as they come, then a pull request on it by comments, and shows the
 * environments that came of it. False when a project did not succeed.
 */
export async function takeTour(client: ApiClient, say: Say): Promise<boolean> {
  await closeEarlierPulls(client);
  const request = { Repository: sampleRepoName, Ref: 'main', Type: 'Local', Projects: sampleProjects };
  for (const kind of ['plan', 'apply'] as const) {
    say('');
    say(`== ${kind} of ${sampleRepoName}, ${sampleProjects.length} projects`);
    const ended = await watchRun(client, await client.start(kind, request), say);
    if (ended.state !== 'succeeded') return false;
  }
  if (!(await takePullTour(client, say))) return false;
  say('');
  say('== environments');
  const environments = await client.environments(sampleRepoName);
  const rows = environments.map((one) => [String(one.id), one.name, one.state, one.tier]);
  say(renderTable([['ID', 'NAME', 'STATE', 'TIER'], ...rows]).trimEnd());
  return true;
}

async function watchRun(client: ApiClient, run: ApiRun, say: Say): Promise<ApiRun> {
  const width = Math.max(...run.jobs.map((job) => job.project.name.length));
  let done = 0;
  await Promise.all(
    run.jobs.map(async (job) => {
      const prefix = job.project.name.padEnd(width);
      await client.followLog(job.id, (line) => say(`${prefix} | ${line}`));
      const ended = (await client.run(run.id)).jobs.find((one) => one.id === job.id);
      done += 1;
      if (ended) say(`[${done}/${run.jobs.length}] ${job.project.name}: ${describe(ended)}`);
    }),
  );
  return settled(client, run.id);
}

/** The run ends right after its last job. */
async function settled(client: ApiClient, runId: number): Promise<ApiRun> {
  for (;;) {
    const run = await client.run(runId);
    if (run.state !== 'queued' && run.state !== 'running') return run;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function describe(job: ApiJob): string {
  const { outcome } = job;
  if (!outcome) return job.state;
  const { add = 0, change = 0, destroy = 0 } = outcome.changes ?? {};
  if (outcome.changes) return `${outcome.kind}: ${add} add, ${change} change, ${destroy} destroy`;
  return outcome.message ? `${outcome.kind}: ${outcome.message}` : outcome.kind;
}
