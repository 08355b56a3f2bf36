import { type FileHandle, open } from 'node:fs/promises';
import { joinHeadAndTail } from '../exec/index.ts';

/** How far from a cut a line end is looked for, so that the cut does not go through a line. */
const lineSearchBytes = 4_096;

/**
 * The text of an output file that may be very long: of more than `maxBytes` only the beginning and the end, with a line
 * between them that says what is missing, be it from here or from the file. Reads no more than it gives. Bytes that are
 * not UTF-8 become U+FFFD; NUL, which PostgreSQL text cannot hold, is dropped. A file that is not there is empty.
 */
export async function readOutputFile(path: string, maxBytes: number): Promise<{ text: string; truncated: boolean }> {
  const file = await openIfThere(path);
  if (!file) return { text: '', truncated: false };
  try {
    const { size } = await file.stat();
    if (size <= maxBytes) return { text: decode(await readAt(file, 0, size)), truncated: false };
    const headBytes = Math.ceil(maxBytes / 2);
    const tailBytes = maxBytes - headBytes;
    const head = upToLineEnd(upToHole(await readAt(file, 0, headBytes)));
    const tail = fromHoleOrLineStart(await readAt(file, size - tailBytes, tailBytes));
    const lost = size - head.length - tail.length;
    return { text: joinHeadAndTail(decode(head), lost, decode(tail)), truncated: true };
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
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
