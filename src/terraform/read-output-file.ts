import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { joinHeadAndTail } from '../exec/index.ts';

/** How far from a cut a line end is looked for, so that the cut does not go through a line. */
const lineSearchBytes = 4_096;

/**
 * The text of an output file that may be very long: of more than `maxBytes` only the beginning and the end, with a line
 * between them that says what is missing, be it from here or from the file. Reads no more than it gives. Bytes that are
 * not UTF-8 become U+FFFD; NUL, which PostgreSQL text cannot hold, is dropped. A file that is not there is empty.
 */
export function readOutputFile(path: string, maxBytes: number): { text: string; truncated: boolean } {
  const file = openIfThere(path);
  if (file === undefined) return { text: '', truncated: false };
  try {
    const { size } = fstatSync(file);
    if (size <= maxBytes) return { text: decode(readAt(file, 0, size)), truncated: false };
    const headBytes = Math.ceil(maxBytes / 2);
    const tailBytes = maxBytes - headBytes;
    const head = upToLineEnd(upToHole(readAt(file, 0, headBytes)));
    const tail = fromHoleOrLineStart(readAt(file, size - tailBytes, tailBytes));
    const lost = size - head.length - tail.length;
    return { text: joinHeadAndTail(decode(head), lost, decode(tail)), truncated: true };
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function readAt(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const bytesRead = readSync(file, buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** What was cut from the file itself begins with a line that says so, and reads as zeros. */
function upToHole(bytes: Buffer): Buffer {
  const cut = /\n\[\.\.\. \d+ bytes of output left out \.\.\.\]\n\0/.exec(bytes.toString('latin1'));
  return cut ? bytes.subarray(0, cut.index) : bytes;
}

function fromHoleOrLineStart(bytes: Buffer): Buffer {
  if (bytes[0] !== 0) return fromLineStart(bytes);
  const start = bytes.findIndex((byte) => byte !== 0);
  return bytes.subarray(start === -1 ? bytes.length : start);
}

function upToLineEnd(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf(0x0a);
  return end !== -1 && bytes.length - end <= lineSearchBytes ? bytes.subarray(0, end) : bytes;
}

function fromLineStart(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0x0a);
  return end !== -1 && end < lineSearchBytes ? bytes.subarray(end + 1) : bytes;
}

function decode(bytes: Buffer): string {
  return bytes.toString('utf8').replaceAll('\0', '');
}
