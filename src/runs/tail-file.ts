import { closeSync, openSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { readCapped } from '../exec/index.ts';

const pieceBytes = 64 * 1024;
const pauseMs = 100;

/**
 * Hands on what a process appends to its output file, from byte `from` on, until `ended` settles and the rest is read.
 * The file may not be there yet; it may be cut at `maxBytes` meanwhile, which a line then tells. Pieces are at most
 * 64 kB, and the next one waits until `onText` is done with the last, so that memory stays bounded however much is
 * written.
 *
 * Read synchronously: what a process just wrote is in memory, and mostly there is nothing new to read.
 */
export async function tailFile(
  path: string,
  options: { from?: number; maxBytes: number; ended: Promise<unknown> },
  onText: (text: string) => Promise<void>,
): Promise<void> {
  const reader = createReader(path, options);
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
    await reader.readOn(onText);
  }
  const rest = reader.end();
  if (rest !== '') await onText(rest);
}

function createReader(path: string, options: { from?: number; maxBytes: number }) {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.allocUnsafe(pieceBytes);
  let position = options.from ?? 0;

  const readPiece = async (file: number, onText: (text: string) => Promise<void>): Promise<number> => {
    const piece = readCapped(file, { position, buffer, maxBytes: options.maxBytes });
    position = piece.position;
    const before = piece.notice === null ? '' : `${decoder.end()}${piece.notice}`;
    const text = before + decoder.write(buffer.subarray(0, piece.bytesRead));
    if (text !== '') await onText(text);
    return piece.bytesRead;
  };
  return {
    /** Hands on everything that is there now. */
    readOn: async (onText: (text: string) => Promise<void>): Promise<void> => {
      const file = openIfThere(path);
      if (file === undefined) return;
      try {
        // There may be no end to it: others get their turn.
        for (;;) {
          const bytesRead = await readPiece(file, onText);
          if (bytesRead === 0) return;
          if (bytesRead === buffer.length) await nextTurn();
        }
      } finally {
        closeSync(file);
      }
    },
    /** What is left of a character that was cut off. */
    end: () => decoder.end(),
  };
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
