import { type FileHandle, open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';

const pieceBytes = 256 * 1024;
const pauseMs = 100;

/**
 * Hands on what a process appends to a file, from byte `from` on, until `ended` settles and the rest is read. The file
 * may not be there yet. Pieces are at most 256 kB, and the next one waits until `onText` is done with the last, so that
 * memory stays bounded however much is written.
 */
export async function tailFile(
  path: string,
  options: { from?: number; ended: Promise<unknown> },
  onText: (text: string) => Promise<void>,
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(pieceBytes);
  let position = options.from ?? 0;
  let over = false;
  const watching = options.ended.then(
    () => undefined,
    () => undefined,
  );
  void watching.then(() => {
    over = true;
  });
  for (;;) {
    // Looked at before reading: what was written before the end is read after it.
    const last = over;
    position = await readOn(path, { position, buffer }, (piece) => onText(decoder.write(piece)));
    if (last) break;
    await Promise.race([delay(pauseMs), watching]);
  }
  const rest = decoder.end();
  if (rest !== '') await onText(rest);
}

async function readOn(
  path: string,
  place: { position: number; buffer: Buffer },
  onPiece: (piece: Buffer) => Promise<void>,
): Promise<number> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return place.position;
  }
  try {
    const { size } = await file.stat();
    let position = Math.min(place.position, size);
    for (;;) {
      const { bytesRead } = await file.read(place.buffer, 0, place.buffer.length, position);
      if (bytesRead === 0) return position;
      position += bytesRead;
      await onPiece(place.buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
