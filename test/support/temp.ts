import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onCleanup } from './cleanup.ts';

/** A new, empty folder (its path without symbolic links), removed when the test ends, or the file outside of a test. */
export async function temporaryDir(): Promise<string> {
  const dir = await mkdtemp(join(await realpath(tmpdir()), 'polder-test-'));
  onCleanup(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}
