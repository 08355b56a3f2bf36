import { createHash } from 'node:crypto';
import { closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { engineLoginEnvironment } from '../../git/index.ts';
import { errorText } from '../../lib/errors.ts';
import { initArgs, initProject } from '../../terraform/index.ts';
import type { RunDeps } from '../deps.ts';
import type { StartedJob, StepsResult } from '../job-context.ts';
import { engineFailed, launchStep, type Place } from './engine-step.ts';

/** https://developer.hashicorp.com/terraform/language/files/dependency-lock */
const lockFile = '.terraform.lock.hcl';

export type InitPlace = {
  readonly place: Place;
  readonly signal: AbortSignal;
  /** The dependency lock file that a saved plan was made beside: `init` is to choose the same providers. */
  readonly planLockFile?: string | null;
};

/** `init`. Undefined when it went well; otherwise how the job ends. */
export async function initStep(
  deps: RunDeps,
  started: StartedJob,
  { place, signal, planLockFile = null }: InitPlace,
): Promise<StepsResult | undefined> {
  if (planLockFile !== null) await replaceLockFile(place.projectDir, planLockFile);
  const upgrade = planLockFile === null && !(await hasOwnLockFile(started, place));
  const args = initArgs({ upgrade });
  const step = { name: 'init', place, args, signal };
  const end = await deps.initGate.enter(providersKey(place), () =>
    launchStep(deps, started, {
      ...step,
      launch: async (run) => {
        const env = await moduleLogin(deps, started, place);
        return (await initProject(deps.engineDeps, { ...run, env, upgrade })).result;
      },
    }),
  );
  if (end.kind === 'stopped') return end.result;
  if (end.code !== 0) return engineFailed(started, step, end);
  started.checkouts.noteInit(started.job.project);
  return undefined;
}

const hasModules = /\bmodule\b/;

/** What git needs to fetch private modules, for `init` alone, and only where there are modules to fetch. */
async function moduleLogin(deps: RunDeps, started: StartedJob, place: Place): Promise<Record<string, string>> {
  if (!deps.settings.writeGitCreds || !place.configuration.some((file) => hasModules.test(file.content))) return {};
  const asked = deps.hosts.all.map(async (host) => {
    try {
      return await host.gitAccess?.();
    } catch (error) {
      // Its modules may come from elsewhere: that is for `init` to find out.
      started.writer.line(`polder: git cannot log in at ${host.hostname}: ${errorText(error)}`);
      return undefined;
    }
  });
  const accesses = (await Promise.all(asked)).filter((access) => access !== undefined);
  return accesses.length === 0 ? {} : engineLoginEnvironment(deps.engineDeps.env, accesses);
}

/** The dependency lock file of a project; null without one. A link is none: it could lead anywhere. */
export function readLockFile(projectDir: string): string | null {
  let file: number | undefined;
  try {
    file = openSync(join(projectDir, lockFile), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

async function replaceLockFile(projectDir: string, content: string): Promise<void> {
  await rm(join(projectDir, lockFile), { force: true });
  await writeFile(join(projectDir, lockFile), content, { flag: 'wx' });
}

/** A lock file that the repository does not track is left over, or made up by a step: `init` makes it anew. */
async function hasOwnLockFile(started: StartedJob, place: Place): Promise<boolean> {
  const path = join(place.projectDir, lockFile);
  if (!existsSync(path)) return false;
  if (await started.checkouts.isTracked(relative(place.checkout.dir, path))) return true;
  await rm(path, { force: true });
  return false;
}

/**
 * Names the set of providers that `init` may install: projects with the same key need the same. Null when nothing is to
 * be installed.
 */
function providersKey(place: Place): string | null {
  const locked = readLockFile(place.projectDir);
  if (locked !== null) return createHash('sha256').update(locked).digest('hex');
  const { configuration } = place;
  return configuration.some((file) => needsProviders.test(file.content)) ? 'unlocked' : null;
}

/** Modules may need any provider; of resources only those of the built-in `terraform` provider need none. */
const needsProviders = /\b(required_providers|module|provider)\b|\b(resource|data|ephemeral)\s+"(?!terraform_)/;
