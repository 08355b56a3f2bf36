import { existsSync } from 'node:fs';
import { mkdtemp, rmdir, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Options } from '../../config/index.ts';
import { inspectDatabase } from '../../db/index.ts';
import { type GitDeps, openGit } from '../../git/index.ts';
import { errorText } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { readServerRules, unbuiltRules } from '../../repo-config/index.ts';
import { buildEngines } from '../../server.ts';
import { type Finding, ok, problem, warning } from '../../vcs/index.ts';
import type { Doctor } from './doctor.ts';

const gibibyte = 1024 ** 3;
/** What `git merge-tree --write-tree` needs: https://git-scm.com/docs/git-merge-tree */
const mergingGit = [2, 38] as const;

/** Makes a folder there, and takes it away again. */
export async function lookAtDataDir(dataDir: string): Promise<Finding> {
  const about = 'data folder';
  let place = dataDir;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  try {
    await rmdir(await mkdtemp(join(place, '.polder-doctor-')));
    const { bavail, bsize } = await statfs(place);
    const free = bavail * bsize;
    const text = `${dataDir} ${place === dataDir ? 'can be written to' : 'can be made'}, ${(free / gibibyte).toFixed(1)} GiB free`;
    return free < gibibyte ? warning(about, text, 'make room: clones and providers are kept there') : ok(about, text);
  } catch (error) {
    const remedy = 'give the account of the server write access, or name another folder with --data-dir';
    return problem(about, errorText(error), remedy);
  }
}

export async function lookAtDatabase(url: string): Promise<Finding> {
  const about = 'database';
  try {
    const { engine, version, wants, missingFile } = await inspectDatabase(url);
    if (wants !== null) return problem(about, `${engine} ${version} is too old`, `use ${engine} ${wants} or newer`);
    return ok(about, `${engine} ${version}${missingFile === null ? '' : `, ${missingFile} will be made`}`);
  } catch (error) {
    return problem(about, errorText(error), 'check --database-url, and that the database is up and lets us in');
  }
}

/** `git` is there to go on with, when it can be used. */
export async function lookAtGit(
  { env, options }: Doctor,
  { scratchDir, log }: { readonly scratchDir: string; readonly log: Log },
): Promise<{ readonly git: GitDeps | undefined; readonly finding: Finding }> {
  const about = 'git';
  try {
    const git = await openGit({ dataDir: scratchDir, log, env });
    const [major, minor] = git.version;
    const canMerge = major > mergingGit[0] || (major === mergingGit[0] && minor >= mergingGit[1]);
    if (canMerge) return { git, finding: ok(about, git.version.join('.')) };
    const text = `${git.version.join('.')} cannot merge without a checkout`;
    const remedy = `install git ${mergingGit.join('.')} or newer`;
    const isNeeded = options.checkoutStrategy === 'merge';
    const finding = isNeeded
      ? problem(about, `${text}, which --checkout-strategy=merge needs`, remedy)
      : warning(about, `${text}, which local pull requests and --checkout-strategy=merge need`, remedy);
    return { git, finding };
  } catch (error) {
    return { git: undefined, finding: problem(about, errorText(error), 'install git, and put it on PATH') };
  }
}

/** Downloads nothing. */
export async function lookAtEngine({ options, env }: Doctor, log: Log): Promise<Finding> {
  const about = 'engine';
  const dataDir = join(options.dataDir, 'polder');
  const engines = buildEngines({ options: { ...options, tfDownload: false }, env, dataDir, log });
  try {
    const found = await engines.find({ distribution: null, version: null });
    if (found.kind === 'found') {
      const { distribution, version, binary } = found.engine;
      return ok(about, `${distribution} ${version} (${binary})`);
    }
    const remedy = 'put terraform or tofu on PATH, or name one with --terraform-binary';
    if (!options.tfDownload || options.terraformBinary !== '') return problem(about, found.message, remedy);
    return warning(about, 'the one that is wanted is not installed: the first run downloads it', remedy);
  } catch (error) {
    return problem(about, errorText(error), 'check --terraform-binary and --default-tf-version');
  }
}

export async function lookAtRules(options: Options): Promise<Finding[]> {
  const about = 'server-side rules';
  if (options.repoConfig === '' && options.repoConfigJson === '') return [];
  const read = await readServerRules(options);
  if (read.kind === 'invalid') return [problem(about, read.message, 'correct the file of --repo-config')];
  const { refusals, warnings } = unbuiltRules(read.rules);
  if (refusals.length + warnings.length === 0) return [ok(about, 'are valid')];
  return [
    ...refusals.map((text) => problem(about, text, 'take it out to start without')),
    ...warnings.map((text) => warning(about, text, 'see docs/repos-yaml.md')),
  ];
}
