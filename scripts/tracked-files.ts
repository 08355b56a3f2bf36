import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The files that git tracks and that are still there, as paths from the root of the checkout. */
export function trackedFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return listed.split('\0').filter((path) => path !== '' && existsSync(path));
}
