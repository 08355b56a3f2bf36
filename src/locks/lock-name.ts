import type { Lock } from './types.ts';

/** The parts of a lock's name as the API writes it: `<repo>/<dir>/<workspace>/<project name>`. */
export type LockNameParts = {
  readonly repoFullName: string;
  readonly dir: string;
  readonly workspace: string;
  readonly projectName: string;
};

/** The name of a lock in the API and in links. An unnamed project leaves the last part empty. */
export function lockName(lock: Pick<Lock, 'repoFullName' | 'dir' | 'workspace' | 'projectName'>): string {
  return `${lock.repoFullName}/${lock.dir}/${lock.workspace}/${lock.projectName}`;
}

/** The name with its host in front: two hosts can have a repo of one name. */
export function lockNameOnHost(lock: Pick<Lock, 'repoHost'> & Parameters<typeof lockName>[0]): string {
  return `${lock.repoHost}/${lockName(lock)}`;
}

/**
 * Every way in which a lock's name can be understood, most likely first: repositories, folders and project names may
 * all hold slashes, so the parts are found by trying, up to 200 ways. A host in front is part of the repo's name. Empty when the name has fewer than five parts.
 */
export function parseLockName(name: string): LockNameParts[] {
  const parts = name.split('/');
  const readings: LockNameParts[] = [];
  for (let repoEnd = 2; repoEnd <= parts.length - 3; repoEnd += 1) {
    for (let dirEnd = parts.length - 2; dirEnd > repoEnd; dirEnd -= 1) {
      const reading = {
        repoFullName: parts.slice(0, repoEnd).join('/'),
        dir: parts.slice(repoEnd, dirEnd).join('/'),
        workspace: parts[dirEnd] ?? '',
        projectName: parts.slice(dirEnd + 1).join('/'),
      };
      if (reading.workspace !== '' && parts[0] !== '') readings.push(reading);
      if (readings.length === mostReadings) return readings;
    }
  }
  return readings;
}

/** A name of hundreds of slashes has thousands of readings; no real one needs more than these. */
const mostReadings = 200;
