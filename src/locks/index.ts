export { type ApplyLock, getApplyLock, holdApplyLock, releaseApplyLock } from './apply-lock.ts';
export { lockName, parseLockName } from './lock-name.ts';
export {
  acquireLock,
  findLock,
  getLock,
  heldLocksStamp,
  listLocks,
  releaseLock,
  releaseRunLock,
  takeManualLock,
} from './project-locks.ts';
export type * from './types.ts';
