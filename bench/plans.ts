/*
 * What Polder adds to Terraform: 100 projects planned with one `POST /api/plan` against the same `init` and `plan`, with
 * the same arguments and environment, run by `xargs -P2` on plain copies. The two take turns in one run, so that what
 * else the machine does falls on both; the figure is the median of the ratios of neighbours. Then how much memory the
 * server is left with.
 *
 * BENCH_PROJECTS and BENCH_ROUNDS make it smaller.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { folderOf, folders, mainFile, planPlainly } from './support/plain-terraform.ts';
import { apiSecret, type PolderServer, requireBuild, withPolder } from './support/polder-server.ts';
import { judge, median, row, showLoad } from './support/report.ts';
import { withScratch } from './support/scratch.ts';

const projects = Number(process.env.BENCH_PROJECTS ?? 100);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const atOnce = 2;
const idleMs = 10_000;

requireBuild();
await withScratch(async (dir) => {
  const source = join(dir, 'repos', 'bench', 'many');
  await makeRepository(source);
  const flags = {
    'data-dir': join(dir, 'data'),
    'local-repos-dir': join(dir, 'repos'),
    'parallel-pool-size': atOnce,
  };
  await withPolder(flags, async (server) => {
    showLoad();
    const memoryBefore = server.usage().residentMb;
    await planThroughApi(server, 4);
    const ratios: number[] = [];
    for (let round = 1; round <= rounds; round += 1) ratios.push(await compare(server, dir, round));
    showLoad();
    const limits = { label: `${projects} projects, API / xargs -P${atOnce}`, limit: 1.15, unit: ' times', digits: 3 };
    judge({ ...limits, value: median(ratios) });
    const { residentMb, peakMb } = server.usage();
    row(
      'memory: before, after the runs, highest',
      [memoryBefore, residentMb, peakMb].map((mb) => `${mb.toFixed(0)} MB`).join(', '),
    );
    await pause(idleMs);
    judge({
      label: `memory, ${idleMs / 1000} s after the runs`,
      value: server.usage().residentMb,
      limit: 120,
      unit: ' MB',
    });
  });
});

async function makeRepository(dir: string): Promise<void> {
  for (let index = 0; index < projects; index += 1) {
    await mkdir(join(dir, folderOf(index)), { recursive: true });
    await writeFile(join(dir, folderOf(index), 'main.tf'), mainFile(index));
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', dir, '-c', 'user.name=B', '-c', 'user.email=b@b', ...args]);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=Projects');
}

async function compare(server: PolderServer, dir: string, round: number): Promise<number> {
  const plain = await planPlainly({
    dir,
    source: join(dir, 'repos', 'bench', 'many'),
    folders: folders(projects),
    atOnce,
  });
  const before = server.usage();
  const api = await planThroughApi(server, projects);
  const after = server.usage();
  const each = (ms: number) => `${((ms * atOnce) / projects).toFixed(0)} ms`;
  const spent = (((after.ownSeconds - before.ownSeconds) * 1000) / projects).toFixed(1);
  row(
    `round ${round}`,
    `xargs ${(plain / 1000).toFixed(2)} s (${each(plain)} a project), API ${(api / 1000).toFixed(2)} s (${each(api)}), ` +
      `${(api / plain).toFixed(3)} times; the server's own processor time: ${spent} ms a project`,
  );
  return api / plain;
}

async function planThroughApi(server: PolderServer, count: number): Promise<number> {
  const body = JSON.stringify({
    Repository: 'bench/many',
    Ref: 'main',
    Type: 'Local',
    Paths: Array.from({ length: count }, (_none, index) => ({ Directory: folderOf(index), Workspace: 'default' })),
  });
  const begun = performance.now();
  const answer = await post(`${server.url}/api/plan`, body);
  const ms = performance.now() - begun;
  const planned = answer.split('Plan: 3 to add').length - 1;
  if (planned !== count) throw new Error(`${planned} of ${count} projects were planned: ${answer.slice(0, 2000)}`);
  return ms;
}

/** Not `fetch`, which gives up on an answer that takes more than five minutes. */
function post(url: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-atlantis-token': apiSecret };
    const sent = request(url, { method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => resolve(text));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
