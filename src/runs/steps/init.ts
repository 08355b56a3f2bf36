import { createHash } from 'node:crypto';
import { access, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { initArgs, initProject } from '../../terraform/index.ts';
import type { RunDeps } from '../deps.ts';
import type { StartedJob, StepsResult } from '../job-context.ts';
import { engineFailed, launchStep, type Place } from './engine-step.ts';

const lockFile = '.terraform.lock.hcl';

export type InitPlace = { readonly place: Place; readonly signal: AbortSignal };

/** `init`. Undefined when it went well; otherwise how the job ends. */
export async function initStep(
  deps: RunDeps,
  started: StartedJob,
  { place, signal }: InitPlace,
): Promise<StepsResult | undefined> {
  const upgrade = !(await hasOwnLockFile(started, place));
  const args = initArgs({ upgrade });
  const step = { name: 'init', place, args, signal };
  const end = await deps.initGate.enter(await providersKey(place), () =>
    launchStep(deps, started, {
      ...step,
      launch: async (run) => (await initProject(deps.engineDeps, { ...run, upgrade })).result,
    }),
  );
  if (end.kind === 'stopped') return end.result;
  return end.code === 0 ? undefined : engineFailed(started, step, end);
}

/** A lock file that the repository does not track is left over, or made up by a step: `init` makes it anew. */
async function hasOwnLockFile(started: StartedJob, place: Place): Promise<boolean> {
  const path = join(place.projectDir, lockFile);
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (!there) return false;
  if (await started.checkouts.isTracked(relative(place.checkout.dir, path))) return true;
  await rm(path, { force: true });
  return false;
}

/**
 * Names the set of providers that `init` may install: projects with the same key need the same. Null when nothing is to
 * be installed.
 */
async function providersKey(place: Place): Promise<string | null> {
  const locked = await readFile(join(place.projectDir, lockFile)).catch(() => undefined);
  if (locked) return createHash('sha256').update(locked).digest('hex');
  const { configuration } = place;
  return configuration.some((file) => needsProviders.test(file.content)) ? 'unlocked' : null;
}

/** Modules may need any provider; of resources only those of the built-in `terraform` provider need none. */
const needsProviders = /\b(required_providers|module|provider)\b|\b(resource|data|ephemeral)\s+"(?!terraform_)/;
