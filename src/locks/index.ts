export { type ApplyLock, getApplyLock, holdApplyLock, releaseApplyLock } from './apply-lock.ts';
export { type HeldLocks, keepHeldLocks } from './held-locks.ts';
export { lockName, parseLockName } from './lock-name.ts';
export {
  acquireLock,
  findLock,
  getLock,
  listLocks,
  releaseLock,
  releasePullLocks,
  releaseRunLock,
  takeManualLock,
} from './project-locks.ts';
export type * from './types.ts';
