/*
 * What a checkout of a large repository costs: 20,000 files, 1,000 commits. Fresh worktrees against used ones, each with
 * the cleaning that follows. Fails when the checkout of a second plan takes longer than a second.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchMirror, type GitDeps, openCheckout, openGit, releaseCheckout, resolveRef } from '../src/git/index.ts';
import { silentLog } from '../src/lib/log.ts';

const files = 20_000;
const commits = 1_000;
const rounds = 5;
const limitMs = 1_000;

/** As `git fast-import` takes it: all files in the first commit, one of them changed by each that follows. */
function history(): string {
  const blob = (path: string, text: string) => `M 100644 inline ${path}\ndata ${text.length}\n${text}\n`;
  const pathOf = (index: number) => `service-${index % 200}/module-${index % 2000}/file-${index}.tf`;
  const content = (seed: number) =>
    Array.from({ length: 20 }, (_none, line) => `variable "v${(seed * 7919 + line * 104_729) % 1_000_003}" {}`).join(
      '\n',
    );
  const changes = (commit: number) =>
    commit === 0
      ? Array.from({ length: files }, (_none, index) => blob(pathOf(index), content(index))).join('')
      : blob(pathOf(commit), content(files + commit));
  return Array.from({ length: commits }, (_none, commit) => {
    const message = `Commit ${commit}`;
    return `commit refs/heads/main\ncommitter A <a@example.com> ${1_700_000_000 + commit} +0000\ndata ${message.length}\n${message}\n${changes(commit)}`;
  }).join('\n');
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const begun = performance.now();
  const value = await work();
  return { ms: performance.now() - begun, value };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function measure(deps: GitDeps, options: { label: string; repoId: number; shas: readonly string[] }) {
  const opened: number[] = [];
  const released: number[] = [];
  for (const sha of options.shas) {
    const checkout = await timed(() => openCheckout(deps, { repoId: options.repoId, sha, owner: 'bench' }));
    opened.push(checkout.ms);
    released.push((await timed(() => releaseCheckout(deps, checkout.value))).ms);
  }
  const show = (values: readonly number[]) =>
    `${median(values).toFixed(0)} ms (${values.map((ms) => ms.toFixed(0)).join(', ')})`;
  console.log(`${options.label.padEnd(34)} open ${show(opened)}; give back ${show(released)}`);
  return median(opened);
}

const dir = await mkdtemp(join(tmpdir(), 'polder-bench-'));
try {
  const source = join(dir, 'source.git');
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', source]);
  execFileSync('git', ['-C', source, 'fast-import', '--quiet'], { input: history() });
  const repo = { id: 1, fullName: 'bench/large', source: { url: source, credentials: null } };
  const git = (spares: number, name: string) =>
    openGit({ dataDir: join(dir, name), log: silentLog(), env: process.env, limits: { sparesPerRepo: spares } });
  const without = await git(0, 'without');
  const withSpares = await git(2, 'with');
  console.log(`${files} files, ${commits} commits, ${execFileSync('git', ['version'], { encoding: 'utf8' }).trim()}`);
  console.log(`${'making the mirror'.padEnd(34)} ${(await timed(() => fetchMirror(without, repo))).ms.toFixed(0)} ms`);
  await fetchMirror(withSpares, repo);
  const head = await resolveRef(withSpares, 1, 'main');
  if (head.kind !== 'commit') throw new Error(head.message);
  const list = execFileSync('git', ['-C', source, 'rev-list', `--max-count=${rounds + 1}`, '--reverse', 'main'], {
    encoding: 'utf8',
  });
  const [first = '', ...later] = list.trim().split('\n');
  const fresh = await measure(without, { label: 'a fresh worktree', repoId: 1, shas: later });
  await measure(withSpares, { label: '(the first, to have one)', repoId: 1, shas: [first] });
  const reused = await measure(withSpares, { label: 'a used one, one commit later', repoId: 1, shas: later });
  const fetched = await timed(() => fetchMirror(withSpares, repo));
  console.log(`${'fetching when nothing is new'.padEnd(34)} ${fetched.ms.toFixed(0)} ms`);
  console.log(`ratio: a used worktree takes ${(reused / fresh).toFixed(2)} of the time of a fresh one`);
  const total = reused + fetched.ms;
  console.log(
    `second plan: ${total.toFixed(0)} ms to fetch and check out, at most ${limitMs}: ${total <= limitMs ? 'ok' : 'missed'}`,
  );
  if (total > limitMs) process.exitCode = 1;
} finally {
  if (existsSync(dir)) await rm(dir, { recursive: true, force: true });
}
