/*
 * What a second plan of a large repository waits for before its engine starts: 20,000 files, one commit later. The
 * mirror is fetched, the ref resolved and a used worktree brought to the new commit; with a history of 1,000 commits and
 * with one of 10, which must make no difference. A fresh worktree and the cleaning that follows, for comparison.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fetchMirror, type GitDeps, openCheckout, openGit, releaseCheckout, resolveRef } from '../src/git/index.ts';
import { silentLog } from '../src/lib/log.ts';
import { judge, median, row, showLoad } from './support/report.ts';
import { withScratch } from './support/scratch.ts';

const files = 20_000;
const rounds = 5;

await withScratch(async (dir) => {
  console.log(`${files} files, ${execFileSync('git', ['version'], { encoding: 'utf8' }).trim()}`);
  showLoad();
  const long = await measure(dir, 1000);
  const short = await measure(dir, 10);
  judge({ label: 'second plan, to fetch and check out', value: long, limit: 1000, unit: ' ms' });
  judge({ label: 'history of 1000 / of 10 commits', value: long / short, limit: 1.25, unit: ' times', digits: 2 });
  showLoad();
});

async function measure(dir: string, commits: number): Promise<number> {
  console.log(`\n-- ${commits} commits`);
  const source = join(dir, `source-${commits}.git`);
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', source]);
  fastImport(source, history(commits));
  const repo = { id: 1, fullName: 'bench/large', source: { url: source, credentials: null } };
  const git = (spares: number, name: string) =>
    openGit({
      dataDir: join(dir, `${name}-${commits}`),
      log: silentLog(),
      env: process.env,
      limits: { sparesPerRepo: spares },
    });
  const [fresh, reusing] = [await git(0, 'fresh'), await git(2, 'reusing')];
  row('making the mirror', show([(await timed(() => fetchMirror(reusing, repo))).ms]));
  row('a fresh worktree', show([(await planOnce(fresh, repo)).opened]));
  await planOnce(reusing, repo);
  const after = (index: number) => fastImport(source, commitText(commits + index, 'from refs/heads/main^0\n'));
  const totals: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    after(round);
    const plan = await planOnce(reusing, repo);
    totals.push(plan.fetched + plan.opened);
    const parts = `fetch ${show([plan.fetched])}, used worktree ${show([plan.opened])}`;
    row(`round ${round + 1}`, `${parts} (given back in ${show([plan.released])})`);
  }
  row('fetch and used worktree, median', show(totals));
  return median(totals);
}

async function planOnce(deps: GitDeps, repo: Parameters<typeof fetchMirror>[1]) {
  const fetched = await timed(() => fetchMirror(deps, repo));
  const head = await timed(() => resolveRef(deps, repo.id, 'main'));
  if (head.value.kind !== 'commit') throw new Error(head.value.message);
  const { sha } = head.value;
  const opened = await timed(() => openCheckout(deps, { repoId: repo.id, sha, owner: 'bench' }));
  const released = await timed(() => releaseCheckout(deps, opened.value));
  return { fetched: fetched.ms + head.ms, opened: opened.ms, released: released.ms };
}

function fastImport(source: string, input: string): void {
  execFileSync('git', ['-C', source, 'fast-import', '--quiet'], { input });
}

/** As `git fast-import` takes it: all files in the first commit, one of them changed by each that follows. */
function history(commits: number): string {
  return Array.from({ length: commits }, (_none, commit) => commitText(commit, '')).join('\n');
}

function commitText(commit: number, parent: string): string {
  const message = `Commit ${commit}`;
  const head = `commit refs/heads/main\ncommitter A <a@example.com> ${1_700_000_000 + commit} +0000\n`;
  const changes =
    commit === 0
      ? Array.from({ length: files }, (_none, index) => blob(index, index)).join('')
      : blob(commit, files + commit);
  return `${head}data ${message.length}\n${message}\n${parent}${changes}`;
}

function blob(index: number, seed: number): string {
  const lines = Array.from({ length: 20 }, (_, line) => `variable "v${(seed * 7919 + line * 104_729) % 1_000_003}" {}`);
  const text = lines.join('\n');
  const path = `service-${index % 200}/module-${index % 2000}/file-${index}.tf`;
  return `M 100644 inline ${path}\ndata ${text.length}\n${text}\n`;
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const begun = performance.now();
  const value = await work();
  return { ms: performance.now() - begun, value };
}

function show(times: readonly number[]): string {
  return `${median(times).toFixed(0)} ms`;
}
