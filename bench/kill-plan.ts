/*
 * A server that is killed with SIGKILL five seconds into the plan of 100 projects. After the next start the plan has to
 * come to its end by itself: no status pending, every comment written once, each project locked by the pull request.
 *
 * BENCH_PROJECTS makes it smaller.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { withDb } from './support/both-databases.ts';
import { headOf, makeLargeRepo, setPullRef } from './support/large-repo.ts';
import { folders } from './support/plain-terraform.ts';
import { freePort, requireBuild, startPolder } from './support/polder-server.ts';
import { judge, row, showLoad } from './support/report.ts';
import { withScratch } from './support/scratch.ts';
import { sleepingEngine } from './support/sleeping-engine.ts';
import { deliver, type SmallGithub, smallGithub } from './support/small-github.ts';

const projects = Number(process.env.BENCH_PROJECTS ?? 100);
const killAfterMs = 5_000;

requireBuild();
await withScratch(async (dir) => {
  for (const maxProjectStatuses of [25, 1_000]) {
    const place = join(dir, String(maxProjectStatuses));
    const source = join(place, 'infra.git');
    const all = folders(projects);
    makeLargeRepo(source, [
      { branch: 'main', files: all.map((folder) => [`${folder}/main.tf`, '# 1\n'] as const) },
      { branch: 'change', from: 'main', files: all.map((folder) => [`${folder}/main.tf`, '# 2\n'] as const) },
    ]);
    const github = await smallGithub(source);
    const pull = { number: 1, headSha: headOf(source, 'change'), headBranch: 'change' };
    setPullRef(source, 1, pull.headSha);
    github.pulls.set(1, pull);
    const flags = {
      ...github.flags,
      port: await freePort(),
      'data-dir': join(place, 'data'),
      'terraform-binary': await sleepingEngine(place, 0.7),
      'max-project-statuses': maxProjectStatuses,
      'parallel-plan': 'true',
    };
    try {
      console.log(`\n-- at most ${maxProjectStatuses} statuses of projects`);
      await killOnce(github, { flags, begin: (url) => deliver(url, github.event(pull, 'opened')) });
      await judgeEnd(github, join(place, 'data'));
    } finally {
      await github.close();
    }
  }
});

type Plan = { readonly flags: Readonly<Record<string, string | number>>; begin(url: string): Promise<void> };

async function killOnce(github: SmallGithub, { flags, begin }: Plan): Promise<void> {
  showLoad();
  const first = await startPolder(flags, github.env);
  await begin(first.url);
  await pause(killAfterMs);
  await first.stop('SIGKILL');
  row('writes before the kill', `${github.writes.length}`);
  const begun = Date.now();
  const second = await startPolder(flags, github.env);
  // The combined status of applies is the last that is written of a plan.
  while (!github.writes.some(({ text }) => text.startsWith('atlantis/apply '))) await pause(50);
  row('the end came after the next start', `${((Date.now() - begun) / 1000).toFixed(1)} s`);
  await second.stop();
  showLoad();
}

async function judgeEnd({ writes }: SmallGithub, dataDir: string): Promise<void> {
  const statuses = writes.filter(({ kind }) => kind === 'status').map(({ text }) => text);
  const last = new Map(statuses.map((text) => [text.replace(/ (pending|success|failure): .*$/, ''), text]));
  const pending = [...last.values()].filter((text) => /in progress|waits for/.test(text));
  const comments = writes.filter(({ kind }) => kind === 'comment').map(({ text }) => text);
  const { jobs, locks } = await withDb(`sqlite:${join(dataDir, 'polder', 'polder.db')}`, async (db) => ({
    jobs: await db.query.selectFrom('jobs').select(['state', 'outcome', 'attempt']).execute(),
    locks: await db.query.selectFrom('locks').select('holder').execute(),
  }));
  row('projects that were planned again', `${jobs.filter(({ attempt }) => attempt > 1).length}`);
  const planned = jobs.filter(({ state }) => state === 'succeeded').length;
  judge({ label: 'projects without a plan', value: projects - planned, limit: 0, unit: '' });
  judge({ label: 'statuses that are pending for ever', value: pending.length, limit: 0, unit: '' });
  judge({ label: 'comments written twice', value: comments.length - new Set(comments).size, limit: 0, unit: '' });
  judge({ label: 'comments missing', value: comments.length === 0 ? 1 : 0, limit: 0, unit: '' });
  const held = locks.filter(({ holder }) => holder === 'pull').length;
  judge({
    label: 'locks too many or too few',
    value: Math.abs(locks.length - projects) + locks.length - held,
    limit: 0,
    unit: '',
  });
}
