/*
 * Which projects a pull request means, in a repository of 10,000 projects (three files each) of which it changes 1,000:
 * discovered, listed in `atlantis.yaml`, and with modules looked at. From the commit in the mirror to the projects: what
 * it changes, its configuration, its tree, the texts of its files. And the merge of it into its base branch.
 *
 * BENCH_PROJECTS makes it smaller.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { changedPaths, fetchMirror, type GitDeps, hasCommit, mergeCommit, openGit } from '../src/git/index.ts';
import { silentLog } from '../src/lib/log.ts';
import { loadConfig, loadTree, lookIntoCommit, selectForPull } from '../src/projects/index.ts';
import { mergeRepoConfig, noServerRules, rulesForRepo } from '../src/repo-config/index.ts';
import { createConfigurationReader } from '../src/terraform/index.ts';
import { usualRuleDefaults } from '../test/support/rules.ts';
import { defaultFileList } from '../test/support/selection.ts';
import { judge, median, row, showLoad } from './support/report.ts';
import { withScratch } from './support/scratch.ts';

const projects = Number(process.env.BENCH_PROJECTS ?? 10_000);
const changed = Math.min(1_000, projects);
const rounds = 5;
const pullRef = 'refs/pull/7/head';

type Pull = { readonly git: GitDeps; readonly base: string; readonly head: string };

await withScratch(async (dir) => {
  for (const kind of ['discovered', 'listed'] as const) {
    const source = join(dir, kind);
    const { base, head } = makeSource(source, kind === 'listed');
    const git = await openGit({ dataDir: join(dir, `${kind}-data`), log: silentLog(), env: process.env });
    const repo = { id: 1, fullName: 'acme/infra', source: { url: source, credentials: null } };
    await fetchMirror(git, repo);
    const fetching = await timed(1, () => fetchMirror(git, repo, { pullRefs: [pullRef] }));
    const pull = { git, base, head };
    showLoad();
    row(`${kind}: fetching the pull request's ref`, `${fetching.toFixed(0)} ms`);
    row(
      `${kind}: finding that its commit is there`,
      `${(await timed(rounds, () => hasCommit(git, 1, head))).toFixed(1)} ms`,
    );
    const merging = await timed(rounds, () => mergeCommit(git, 1, { base, head, pullRef }));
    row(`${kind}: merging it`, `${merging.toFixed(0)} ms`);
    for (const modulePatterns of [null, ['**/*.tf']]) {
      const label = `${kind}${modulePatterns ? ', with modules' : ''}: selecting ${changed} of ${projects} projects`;
      judge({
        label,
        value: await timed(rounds, () => select(pull, modulePatterns)),
        limit: 1_000,
        unit: ' ms',
        digits: 0,
      });
    }
  }
});

async function select({ git, base, head }: Pull, modulePatterns: readonly string[] | null): Promise<void> {
  const commit = { repoId: 1, sha: head };
  const rule = rulesForRepo(noServerRules, { repoId: 'local/acme/infra', defaults: usualRuleDefaults });
  const [loaded, tree, paths] = await Promise.all([
    loadConfig(git, commit, rule.repoConfigFile),
    loadTree(git, commit),
    changedPaths(git, 1, { base, head }),
  ]);
  if (loaded.kind === 'invalid') throw new Error(loaded.message);
  const merged = mergeRepoConfig(rule, loaded.config, { baseBranch: 'main' });
  if (merged.kind === 'invalid') throw new Error(merged.message);
  const deps = { git, configurationReader: createConfigurationReader() };
  const selected = await selectForPull({
    config: loaded.config,
    configFile: rule.repoConfigFile,
    tree,
    baseBranch: 'main',
    settings: merged.repo,
    settingsOf: merged.settingsOf,
    autoplanFileList: defaultFileList,
    wasListed: () => false,
    changedPaths: paths,
    target: { kind: 'autoplan' },
    enableRegexpCmd: false,
    restrictFileList: false,
    silenceNoProjects: false,
    look: lookIntoCommit(deps, { ...commit, tree, distribution: 'terraform', modulePatterns }),
  });
  const found = selected.kind === 'selected' ? selected.projects.length : 0;
  if (found !== changed) throw new Error(`selected ${found} projects`);
}

/** The median in milliseconds. */
async function timed(times: number, work: () => Promise<unknown>): Promise<number> {
  const spent: number[] = [];
  for (let round = 0; round < times; round += 1) {
    const start = performance.now();
    await work();
    spent.push(performance.now() - start);
  }
  return median(spent);
}

/** A bare repository: `main`, which goes on after the pull request was made, and the pull request. */
function makeSource(dir: string, isListed: boolean): { base: string; head: string } {
  mkdirSync(dir);
  const git = (args: readonly string[], input = ''): string =>
    execFileSync('git', ['-C', dir, ...args], { input, encoding: 'utf8' }).trim();
  git(['init', '--quiet', '--bare', '--initial-branch=main']);
  git(['fast-import', '--quiet'], historyOf(isListed));
  return { base: git(['rev-parse', 'main']), head: git(['rev-parse', pullRef]) };
}

function historyOf(isListed: boolean): string {
  const all = Array.from({ length: projects }, (_, i) => i);
  const dirOf = (i: number): string => `services/team-${i % 100}/app-${i}`;
  const config = `version: 3\nprojects:\n${all.map((i) => `- name: app-${i}\n  dir: ${dirOf(i)}\n`).join('')}`;
  const first = all.flatMap((i) => [
    file(`${dirOf(i)}/main.tf`, `module "m" {\n  source = "../../../modules/m${i % 50}"\n  name   = "app-${i}"\n}\n`),
    file(`${dirOf(i)}/variables.tf`, `variable "size" {\n  default = ${i}\n}\n`),
    file(`${dirOf(i)}/versions.tf`, 'terraform {\n  required_version = ">= 1.5"\n}\n'),
  ]);
  const modules = Array.from({ length: 50 }, (_, i) => file(`modules/m${i}/main.tf`, `variable "name" {}\n# ${i}\n`));
  const atFirst = [...first, ...modules, ...(isListed ? [file('atlantis.yaml', config)] : [])];
  const ofPull = all
    .slice(0, changed)
    .map((i) => file(`${dirOf(i)}/main.tf`, `# changed\nmodule "m" {\n  source = "../../../modules/m${i % 50}"\n}\n`));
  return [
    commit({ ref: 'refs/heads/main', mark: 1, from: '', files: atFirst }),
    commit({ ref: pullRef, mark: 2, from: 'from :1\n', files: ofPull }),
    commit({ ref: 'refs/heads/main', mark: 3, from: 'from :1\n', files: [file('README.md', 'gone on')] }),
  ].join('');
}

type Commit = { readonly ref: string; readonly mark: number; readonly from: string; readonly files: readonly string[] };

function commit({ ref, mark, from, files }: Commit): string {
  const head = `commit ${ref}\nmark :${mark}\ncommitter A <a@example.com> 1700000000 +0000\n`;
  return `${head}${data(`commit ${mark}`)}${from}${files.join('')}\n`;
}

function file(path: string, text: string): string {
  return `M 100644 inline ${path}\n${data(text)}`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
