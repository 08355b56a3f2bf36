import type { EventEmitter } from 'node:events';

/**
 * Calls `end`, once, when nobody reads any further what is written, such as `head` in `polder quickstart | head`. Without
 * it the process ends in the middle of what it does, with a stack and with its folders left behind.
 */
export function endWhenUnread(output: Pick<EventEmitter, 'on'>, end: () => void): void {
  let isRead = true;
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (isRead) end();
    isRead = false;
  });
}
