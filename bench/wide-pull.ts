/*
 * A pull request that changes 1,000 of the 10,000 projects of a repository, planned by an engine that sleeps 10 ms: from
 * the webhook to the last write. The server is the real program, the host an HTTPS server in this process.
 *
 * BENCH_PROJECTS and BENCH_CHANGED make it smaller.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { withDb } from './support/both-databases.ts';
import { headOf, makeLargeRepo, setPullRef } from './support/large-repo.ts';
import { requireBuild, withPolder } from './support/polder-server.ts';
import { judge, row, showLoad } from './support/report.ts';
import { withScratch } from './support/scratch.ts';
import { sleepingEngine } from './support/sleeping-engine.ts';
import { deliver, type SmallGithub, smallGithub } from './support/small-github.ts';

const projects = Number(process.env.BENCH_PROJECTS ?? 10_000);
const changed = Number(process.env.BENCH_CHANGED ?? 1_000);
const quietMs = 3_000;

requireBuild();
await withScratch(async (dir) => {
  const source = join(dir, 'infra.git');
  const folder = (index: number) => `projects/p${String(index).padStart(5, '0')}`;
  const all = Array.from({ length: projects }, (_, index) => folder(index));
  const config = `version: 3\nparallel_plan: true\nprojects:\n${all.map((path) => `- dir: ${path}\n`).join('')}`;
  makeLargeRepo(source, [
    { branch: 'main', files: [['atlantis.yaml', config], ...all.map((path) => [`${path}/main.tf`, '# 1\n'] as const)] },
    {
      branch: 'change',
      from: 'main',
      files: all.slice(0, changed).map((path) => [`${path}/main.tf`, '# 2\n'] as const),
    },
  ]);
  const github = await smallGithub(source);
  const pull = { number: 1, headSha: headOf(source, 'change'), headBranch: 'change' };
  setPullRef(source, 1, pull.headSha);
  github.pulls.set(1, pull);
  const flags = { ...github.flags, 'data-dir': join(dir, 'data'), 'terraform-binary': await sleepingEngine(dir, 0.01) };
  const work = async (server: Parameters<Parameters<typeof withPolder>[1]>[0]) => {
    showLoad();
    const begun = Date.now();
    await deliver(server.url, github.event(pull, 'opened'));
    row('webhook answered after', `${Date.now() - begun} ms`);
    await untilQuiet(github);
    showLoad();
    const times = await timesOf(join(dir, 'data'));
    const last = github.writes.findLast(({ kind }) => kind === 'comment');
    const seconds = (from: number, to: number) => (to - from) / 1000;
    row('the command began after', `${seconds(begun, times.commandStarted).toFixed(2)} s`);
    row('  then fetched, selected and accepted in', `${seconds(times.commandStarted, times.accepted).toFixed(2)} s`);
    row('all plans took', `${seconds(times.firstStart, times.lastEnd).toFixed(1)} s, ${times.jobs} of them`);
    const comments = github.writes.filter(({ kind }) => kind === 'comment').length;
    row('writes: comments, statuses', `${comments}, ${github.writes.filter(({ kind }) => kind === 'status').length}`);
    const usage = server.usage();
    row(
      "the server's own processor time",
      `${usage.ownSeconds.toFixed(1)} s (its children ${usage.childrenSeconds.toFixed(1)} s)`,
    );
    judge({ label: 'first plan starts', value: seconds(begun, times.firstStart), limit: 2, unit: ' s', digits: 2 });
    judge({
      label: 'last comment after the last plan',
      value: seconds(times.lastEnd, last?.at ?? 0),
      limit: 10,
      unit: ' s',
      digits: 2,
    });
    judge({ label: 'writes to the host', value: github.writes.length, limit: 100, unit: '' });
    judge({ label: 'memory, highest', value: usage.peakMb, limit: 300, unit: ' MB' });
    if (times.jobs !== changed) throw new Error(`${times.jobs} projects were planned`);
  };
  try {
    await withPolder(flags, work, github.env);
  } finally {
    await github.close();
  }
});

/** The combined status of the apply is the last that is written of a plan. */
async function untilQuiet({ writes }: SmallGithub): Promise<void> {
  const isOver = () =>
    writes.some(({ text }) => text.startsWith('atlantis/apply ')) && Date.now() - (writes.at(-1)?.at ?? 0) > quietMs;
  while (!isOver()) await pause(100);
}

function timesOf(dataDir: string) {
  return withDb(`sqlite:${join(dataDir, 'polder', 'polder.db')}`, async (db) => {
    const command = await db.query.selectFrom('pull_commands').selectAll().executeTakeFirstOrThrow();
    const run = await db.query.selectFrom('runs').selectAll().executeTakeFirstOrThrow();
    const { min, max, count } = db.query.fn;
    const jobs = await db.query
      .selectFrom('jobs')
      .select([min('started_at').as('first'), max('ended_at').as('last'), count<number>('id').as('count')])
      .executeTakeFirstOrThrow();
    return {
      commandStarted: command.started_at ?? 0,
      accepted: run.created_at,
      firstStart: jobs.first ?? 0,
      lastEnd: jobs.last ?? 0,
      jobs: jobs.count,
    };
  });
}
