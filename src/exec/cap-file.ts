import { execFile } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { cutNotice } from './bounded-output.ts';

const lookEveryMs = 250;
const largestTail = 1024 * 1024;
const programDirs = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

/** The line after which output may be missing that nobody could count. */
export const gapNotice = '[... some output may be missing here ...]';

/** Gives a part of a file back to the disk, so that it reads as zeros. False where that cannot be done. */
export type PunchHole = (path: string, hole: { readonly from: number; readonly to: number }) => Promise<boolean>;

/**
 * Keeps a file that a process is appending to from filling the disk: half of `maxBytes` stays of its beginning and half of
 * its end. What is between becomes a hole that begins with a line saying how much is missing, so that every byte stays
 * where it was written, and nothing is lost but the middle. Whoever follows the file does so with `readCapped`.
 *
 * Node cannot make holes; `fallocate` of util-linux can. Without it, or where the file system has none, the file is cut
 * and made as long again, which keeps less of the end, and loses what is appended in that instant: a line says so. Other
 * ways are worse: a pipe would not survive us, and stopping a process for having much to say may break what it builds.
 * While the process runs, the file may take twice `maxBytes`.
 */
export function capFile(
  path: string,
  maxBytes: number,
  punchHole: PunchHole = punchWithProgram,
): { stop(): void; finish(): Promise<boolean> } {
  const fd = openSync(path, 'r+');
  const headBytes = headOf(maxBytes);
  let lostBytes = readCut(fd, maxBytes)?.lostBytes ?? 0;
  let cutting: Promise<void> | undefined;
  let stopped = false;

  /** Where the line ends that says so. */
  const note = (keptFrom: number): number => {
    lostBytes = keptFrom - headBytes;
    return headBytes + writeSync(fd, `\n${cutNotice(lostBytes)}\n`, headBytes);
  };
  const cutBeyond = async (limit: number, mark: string): Promise<void> => {
    const { size } = fstatSync(fd);
    if (size - lostBytes <= limit) return;
    const to = size - (maxBytes - headBytes);
    // The line comes first, so that nobody who reads gets into the hole.
    const isPunched = await punchHole(path, { from: note(to), to });
    if (!isPunched && !stopped) note(cutAndExtend(fd, maxBytes, mark));
  };
  const tryToCut = (limit: number, mark: string): Promise<void> =>
    // A full disk or a vanished file must not end the server: the file is then left as it is.
    cutBeyond(limit, mark).catch(() => clearInterval(timer));
  const timer = setInterval(() => {
    cutting ??= tryToCut(2 * maxBytes, `\n${gapNotice}\n`).finally(() => {
      cutting = undefined;
    });
  }, lookEveryMs);
  return {
    stop: () => {
      stopped = true;
      clearInterval(timer);
      closeSync(fd);
    },
    /** To be called when the writer has ended. True when something is missing. */
    finish: async () => {
      clearInterval(timer);
      await cutting;
      await tryToCut(maxBytes, '');
      return lostBytes > 0;
    },
  };
}

/**
 * Reads on in a file that is capped at `maxBytes`, from `position` on; where that was cut, `notice` says so, and what was
 * read comes after it.
 */
export function readCapped(
  fd: number,
  reading: { readonly position: number; readonly buffer: Buffer; readonly maxBytes: number },
): { bytesRead: number; position: number; notice: string | null } {
  const { position, buffer, maxBytes } = reading;
  const cut = readCut(fd, maxBytes);
  if (!cut || position < cut.at) {
    const most = cut ? Math.min(buffer.length, cut.at - position) : buffer.length;
    const bytesRead = readSync(fd, buffer, 0, most, position);
    return { bytesRead, position: position + bytesRead, notice: null };
  }
  const start = Math.max(position, cut.at + cut.lostBytes);
  const bytesRead = readSync(fd, buffer, 0, buffer.length, start);
  const notice = start > position ? `\n${cutNotice(start - position)}\n` : null;
  return { bytesRead, position: start + bytesRead, notice };
}

/** Where a file was cut, and how much is missing from there on. */
function readCut(fd: number, maxBytes: number): { at: number; lostBytes: number } | undefined {
  const at = headOf(maxBytes);
  const bytes = Buffer.alloc(100);
  const text = bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, at));
  const notice = /^\n\[\.\.\. (\d+) bytes of output left out \.\.\.\]\n/.exec(text);
  return notice ? { at, lostBytes: Number(notice[1]) } : undefined;
}

/** How much of the beginning stays. */
function headOf(maxBytes: number): number {
  return Math.ceil(maxBytes / 2);
}

async function punchWithProgram(path: string, { from, to }: { from: number; to: number }): Promise<boolean> {
  const args = ['--punch-hole', '--offset', `${from}`, '--length', `${to - from}`, path];
  return promisify(execFile)('fallocate', args, { env: { PATH: programDirs }, timeout: 60_000 }).then(
    () => true,
    () => false,
  );
}

/**
 * Takes everything but the two ends from the file without changing where the end is, puts `mark` behind it, and gives
 * the place from which on it is kept.
 */
function cutAndExtend(fd: number, maxBytes: number, mark: string): number {
  const { tail, end } = readTail(fd, Math.min(largestTail, Math.floor(maxBytes / 4)));
  const kept = Buffer.concat([tail, Buffer.from(mark)]);
  ftruncateSync(fd, headOf(maxBytes));
  // What is appended from now on comes after the mark.
  ftruncateSync(fd, end + mark.length);
  writeSync(fd, kept, 0, kept.length, end - tail.length);
  return end - tail.length;
}

/** Reads to an end that is still the end when it returns, unless the writer is faster than any reader. */
function readTail(fd: number, limit: number): { tail: Buffer; end: number } {
  let tail = Buffer.alloc(0);
  let end = fstatSync(fd).size - limit;
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
