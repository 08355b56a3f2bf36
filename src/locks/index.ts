export { type ApplyLock, getApplyLock, holdApplyLock, releaseApplyLock } from './apply-lock.ts';
export { lockName, parseLockName } from './lock-name.ts';
export { acquireLock, findLock, getLock, listLocks, releaseLock, takeManualLock } from './project-locks.ts';
export type * from './types.ts';
