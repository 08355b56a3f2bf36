import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { PolderError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { trustedAuthorities } from '../lib/trusted-authorities.ts';
import { createCheckoutPool } from './checkout-pool.ts';
import { gitConfigFile, gitEnvironment } from './git-environment.ts';
import { type GitVersion, isAtLeast, parseGitVersion } from './git-version.ts';
import { checkoutsDir, gitHome, sparesDir, trashDir } from './layout.ts';
import { createRounds } from './rounds.ts';
import { type RunGitDeps, runGit } from './run-git.ts';
import { createSeenCommits } from './seen-commits.ts';
import { createTurns } from './turns.ts';
import type { GitDeps, GitLimits } from './types.ts';

const defaultLimits: GitLimits = {
  fetchMs: 15 * 60_000,
  commandMs: 5 * 60_000,
  lockPatienceMs: 3_000,
  sparesPerRepo: 2,
  spares: 16,
};

/** More would only take the processor from each other, and from whoever waits for an answer of the server. */
const localCommandsAtOnce = Math.max(4, 2 * availableParallelism());

/** The first version that takes all its settings from the environment, as `GIT_CONFIG_GLOBAL` and `_COUNT`. */
const oldestGit = [2, 32] as const;

/**
 * Makes ready what the functions of this folder share. `dataDir` is Polder's own folder; `env` the server's
 * environment, of which git sees little. Throws `git_failed` when there is no git, or one that is too old.
 */
export async function openGit(options: {
  readonly dataDir: string;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly limits?: Partial<GitLimits>;
}): Promise<GitDeps> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  // What the kernel says about open files is compared with this path.
  const dataDir = await realpath(options.dataDir);
  const home = gitHome({ dataDir });
  const limits = { ...defaultLimits, ...options.limits };
  const places = [checkoutsDir, sparesDir, trashDir].map((place) => place({ dataDir }));
  for (const dir of [home, join(dataDir, 'repos'), ...places]) {
    await mkdir(dir, { recursive: true, mode: 0o700 });
  }
  await writeFile(join(home, '.gitconfig'), gitConfigFile, { mode: 0o600 });
  const environment = gitEnvironment(options.env, home, await writeAuthorities(options, home));
  const turns = createTurns(localCommandsAtOnce);
  const early = { dataDir, log: options.log, environment, limits, turns, damaged: new Set<number>() };
  return {
    ...early,
    version: await checkVersion(early),
    fetches: createRounds(),
    pool: createCheckoutPool(limits),
    seenCommits: createSeenCommits(),
  };
}

/** Those that name authorities to other programs; git itself reads the last alone. */
const authorityVariables = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'GIT_SSL_CAINFO'] as const;

/** The file of the authorities that git is to trust; null where the environment names none, so that git's own count. */
async function writeAuthorities(
  { env, log }: Pick<Parameters<typeof openGit>[0], 'env' | 'log'>,
  home: string,
): Promise<string | null> {
  if (authorityVariables.every((name) => !env[name])) return null;
  const file = join(home, 'authorities.pem');
  await writeFile(file, `${(await trustedAuthorities(env, log)).join('\n')}\n`, { mode: 0o600 });
  return file;
}

async function checkVersion(deps: RunGitDeps): Promise<GitVersion> {
  const activity = 'asking git for its version';
  const { stdout } = await runGit(deps, { activity, args: ['version'] });
  const version = parseGitVersion(stdout);
  if (version && isAtLeast(version, oldestGit)) return version;
  throw new PolderError('git_failed', `${activity}: ${stdout.trim()} is too old: ${oldestGit.join('.')} is needed`);
}
