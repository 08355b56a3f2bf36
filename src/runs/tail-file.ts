import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

const pieceBytes = 64 * 1024;
const pauseMs = 100;

/**
 * Hands on what a process appends to a file, from byte `from` on, until `ended` settles and the rest is read. The file
 * may not be there yet. Pieces are at most 64 kB, and the next one waits until `onText` is done with the last, so that
 * memory stays bounded however much is written.
 *
 * Read synchronously: what a process just wrote is in memory, and mostly there is nothing new to read.
 */
export async function tailFile(
  path: string,
  options: { from?: number; ended: Promise<unknown> },
  onText: (text: string) => Promise<void>,
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.allocUnsafe(pieceBytes);
  let position = options.from ?? 0;
  let over = false;
  const watching = options.ended.then(
    () => undefined,
    () => undefined,
  );
  void watching.then(() => {
    over = true;
  });
  for (let last = false; !last; ) {
    await Promise.race([delay(pauseMs), watching]);
    // Looked at before reading: what was written before the end is read after it.
    last = over;
    position = await readOn(path, { position, buffer }, (piece) => onText(decoder.write(piece)));
  }
  const rest = decoder.end();
  if (rest !== '') await onText(rest);
}

async function readOn(
  path: string,
  place: { position: number; buffer: Buffer },
  onPiece: (piece: Buffer) => Promise<void>,
): Promise<number> {
  const file = openIfThere(path);
  if (file === undefined) return place.position;
  try {
    let position = Math.min(place.position, fstatSync(file).size);
    for (;;) {
      const bytesRead = readSync(file, place.buffer, 0, place.buffer.length, position);
      if (bytesRead === 0) return position;
      position += bytesRead;
      await onPiece(place.buffer.subarray(0, bytesRead));
      // There may be no end to it: others get their turn.
      if (bytesRead === place.buffer.length) await nextTurn();
    }
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
