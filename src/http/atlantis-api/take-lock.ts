import type { Principal } from '../../access/index.ts';
import { errorText, PolderError } from '../../lib/errors.ts';
import { lockName, takeManualLock } from '../../locks/index.ts';
import { refusalFor } from '../auth.ts';
import type { HttpContext } from '../deps.ts';
import { readLockRequest } from './lock-request.ts';
import { findRepoToLock } from './repo-to-lock.ts';

export type LockReply =
  | { readonly status: 200; readonly body: { lock_key: string; message: string } }
  | { readonly status: 400 | 403 | 409; readonly body: { error: string; lock_key?: string } };

/** Takes the manual lock that the body asks for, in the caller's name, or says why not. */
export async function takeLock(context: HttpContext, caller: Principal, body: Buffer): Promise<LockReply> {
  const read = readLockRequest(body);
  if (!read.ok) return refused(400, read.error);
  if (context.settings.disableRepoLocking) {
    return refused(409, 'projects are not locked on this server: --disable-repo-locking is set');
  }
  const { repository, note, ...project } = read.request;
  const found = await findRepoToLock(context, repository);
  if (found.kind !== 'found') return refused(found.kind === 'not_allowed' ? 403 : 400, found.message);
  const refusal = refusalFor(caller, 'locks:write', found.repo);
  if (refusal !== undefined) return refused(403, refusal);
  const claim = { note, actor: caller.actor, now: context.now() };
  const taken = await takeManualLock(context.db, { repoId: found.repo.id, ...project }, claim).catch(
    (error: unknown) => {
      throw new PolderError('internal', `creating manual lock failed: ${errorText(error)}`, { cause: error });
    },
  );
  if (taken.kind === 'blocked') {
    const key = lockName(taken.by);
    return { status: 409, body: { error: `project is already locked (key: ${key})`, lock_key: key } };
  }
  const key = lockName({ repoFullName: found.repo.fullName, ...project });
  return { status: 200, body: { lock_key: key, message: `Manual lock created for ${key}` } };
}

function refused(status: 400 | 403 | 409, error: string): LockReply {
  return { status, body: { error } };
}
