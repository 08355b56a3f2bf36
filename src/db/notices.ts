import type { Db } from './types.ts';

/** Waits for notices without missing one that comes between a look at the data and the wait. */
export type NoticeWaiter = {
  /** Resolves at the next notice since the last call, after `timeoutMs` at the latest, or when `signal` aborts. */
  next(timeoutMs: number, signal?: AbortSignal): Promise<void>;
  close(): void;
};

/**
 * Listens on `channel`, for this payload only when one is given. Make it before the first look at the data, then look
 * and wait in turn; the timeout is the backstop for a notice that got lost.
 */
export function noticeWaiter(db: Pick<Db, 'listen'>, channel: string, payload?: string): NoticeWaiter {
  let pending = false;
  let wake: (() => void) | undefined;
  const stop = db.listen(channel, (received) => {
    if (payload !== undefined && received !== undefined && received !== payload) return;
    pending = true;
    wake?.();
  });
  return {
    next: (timeoutMs, signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          wake = undefined;
          pending = false;
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        wake = done;
        signal?.addEventListener('abort', done);
        if (pending || signal?.aborted) done();
      }),
    close: stop,
  };
}
