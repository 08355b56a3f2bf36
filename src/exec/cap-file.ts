import { fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import { cutNotice } from './bounded-output.ts';

const lookEveryMs = 250;
const largestTail = 1024 * 1024;

/**
 * Keeps a file that a process is appending to from filling the disk: past `maxBytes` its first half stays, and of the
 * rest only the end, after a line that says what is missing. `fd` is open for reading and appending. Whoever follows
 * the file sees it shrink. What comes in while the cut is made (microseconds) is lost too.
 */
export function capFile(fd: number, maxBytes: number): { stop(): void; wasCut(): boolean } {
  const headBytes = Math.ceil(maxBytes / 2);
  const tailLimit = Math.min(largestTail, Math.floor(maxBytes / 4));
  let lostBytes = 0;
  let addedBytes = 0;

  const cut = (size: number): void => {
    const tail = Buffer.alloc(tailLimit);
    const tailBytes = readSync(fd, tail, 0, tailLimit, size - tailLimit);
    lostBytes += size - headBytes - tailBytes - addedBytes;
    const notice = Buffer.from(`\n${cutNotice(lostBytes)}\n`);
    ftruncateSync(fd, headBytes);
    writeSync(fd, Buffer.concat([notice, tail.subarray(0, tailBytes)]));
    addedBytes = notice.length;
  };
  const look = (): void => {
    const { size } = fstatSync(fd);
    if (size > maxBytes) cut(size);
  };

  // A full disk or a vanished file must not end the server: the file is then left as it is.
  const tryLook = (): void => {
    try {
      look();
    } catch {
      clearInterval(timer);
    }
  };
  const timer = setInterval(tryLook, lookEveryMs);
  return {
    stop: () => clearInterval(timer),
    wasCut: () => {
      tryLook();
      return lostBytes > 0;
    },
  };
}
