import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { cutNotice } from './bounded-output.ts';

const lookEveryMs = 250;
const largestTail = 1024 * 1024;

/**
 * Keeps a file that a process is appending to from filling the disk: its first half stays, and of the rest only the
 * end, after a line that says what is missing. Whoever follows the file does so with `readCapped`.
 *
 * What is written in the instant between reading to the end and cutting is lost, which a writer at full speed makes
 * likely. So the file may grow to twice `maxBytes` before it is cut under the writer's hands; `finish`, once the writer
 * has ended, loses nothing but the middle. The other ways are worse: a pipe would not survive us, and stopping a
 * process for having much to say may break what it builds.
 */
export function capFile(path: string, maxBytes: number): { stop(): void; finish(): boolean } {
  const fd = openSync(path, 'r+');
  const headBytes = headOf(maxBytes);
  const tailLimit = Math.min(largestTail, Math.floor(maxBytes / 4));
  let lostBytes = 0;
  let addedBytes = 0;

  const cut = (size: number): void => {
    const { tail, end } = readTail(fd, size - tailLimit, tailLimit);
    lostBytes += end - headBytes - tail.length - addedBytes;
    const notice = Buffer.from(`\n${cutNotice(lostBytes)}\n`);
    const kept = Buffer.concat([notice, tail]);
    // In place and before the end is cut off, so that what is appended meanwhile cannot come before it.
    writeSync(fd, kept, 0, kept.length, headBytes);
    ftruncateSync(fd, headBytes + kept.length);
    addedBytes = notice.length;
  };
  const cutBeyond = (limit: number): void => {
    try {
      const { size } = fstatSync(fd);
      if (size > limit) cut(size);
    } catch {
      // A full disk or a vanished file must not end the server: the file is then left as it is.
      clearInterval(timer);
    }
  };
  const timer = setInterval(() => cutBeyond(2 * maxBytes), lookEveryMs);
  return {
    stop: () => {
      clearInterval(timer);
      closeSync(fd);
    },
    /** To be called when the writer has ended. True when something is missing. */
    finish: () => {
      cutBeyond(maxBytes);
      return lostBytes > 0;
    },
  };
}

/**
 * Reads on in a file that is capped at `maxBytes`. `position` counts what was written, whether or not it is still there;
 * where something was cut from under the reader, `notice` says so, and what was read comes after it.
 */
export function readCapped(
  fd: number,
  reading: { readonly position: number; readonly buffer: Buffer; readonly maxBytes: number },
): { bytesRead: number; position: number; notice: string | null } {
  const { position, buffer, maxBytes } = reading;
  const cut = readCut(fd, maxBytes);
  if (!cut || position < cut.at) {
    const most = cut ? Math.min(buffer.length, cut.at - position) : buffer.length;
    const start = Math.min(position, fstatSync(fd).size);
    const bytesRead = readSync(fd, buffer, 0, most, start);
    return { bytesRead, position: start + bytesRead, notice: null };
  }
  const resumed = cut.at + cut.lostBytes;
  const start = Math.max(position, resumed);
  const bytesRead = readSync(fd, buffer, 0, buffer.length, cut.resumesAt + start - resumed);
  const notice = start > position ? `\n${cutNotice(start - position)}\n` : null;
  return { bytesRead, position: start + bytesRead, notice };
}

/** Where a file was cut, how much went, and from where on the rest of it is. */
function readCut(fd: number, maxBytes: number): { at: number; lostBytes: number; resumesAt: number } | undefined {
  const at = headOf(maxBytes);
  const bytes = Buffer.alloc(100);
  const text = bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, at));
  const notice = /^\n\[\.\.\. (\d+) bytes of output left out \.\.\.\]\n/.exec(text);
  return notice ? { at, lostBytes: Number(notice[1]), resumesAt: at + notice[0].length } : undefined;
}

/** How much of the beginning stays. */
function headOf(maxBytes: number): number {
  return Math.ceil(maxBytes / 2);
}

/** Reads from `start` to an end that is still the end when it returns, unless the writer is faster than any reader. */
function readTail(fd: number, start: number, limit: number): { tail: Buffer; end: number } {
  let tail = Buffer.alloc(0);
  let end = start;
  for (let round = 0; round < 100; round += 1) {
    const piece = Buffer.allocUnsafe(limit);
    const bytes = readSync(fd, piece, 0, limit, end);
    if (bytes === 0) break;
    end += bytes;
    tail = Buffer.concat([tail, piece.subarray(0, bytes)]);
    tail = tail.subarray(Math.max(0, tail.length - limit));
  }
  return { tail, end };
}
