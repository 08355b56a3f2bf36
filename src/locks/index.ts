export { type ApplyLock, getApplyLock, holdApplyLock, releaseApplyLock } from './apply-lock.ts';
export { type HeldLocks, keepHeldLocks } from './held-locks.ts';
export { lockName, lockNameOnHost, parseLockName } from './lock-name.ts';
export {
  acquireLock,
  findLocks,
  findManualLock,
  getLock,
  listLocks,
  releaseLock,
  releasePullLocks,
  releaseRunLock,
  takeManualLock,
} from './project-locks.ts';
export type * from './types.ts';
