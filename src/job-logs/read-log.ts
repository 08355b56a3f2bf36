import { type Db, type DbHandle, noticeWaiter } from '../db/index.ts';
import { logChannel } from './append-log.ts';
import { selectChunks, selectHead } from './store.ts';

/** Consecutive lines of a log. */
export type LogPiece = {
  /** Number of the first line of `lines`, counted from 0 over the whole log, cut lines included. */
  readonly firstLine: number;
  readonly lines: readonly string[];
};

export type LogPart = {
  /** In order; a jump in the numbers is where the middle was cut, said in a line of its own. */
  readonly pieces: readonly LogPiece[];
  /** Where to go on reading. */
  readonly nextLine: number;
  /** Nothing will be added any more, and `nextLine` is its end. */
  readonly complete: boolean;
};

/** Few, since each client that does not read what it asked for holds as much. */
const chunksPerRead = 4;
const pollMs = 2000;

/**
 * Reads up to about 256 KiB of a job's log from line `fromLine` on. A log that nobody has written to yet is empty and not
 * complete.
 */
export async function readLog(db: DbHandle, jobId: number, fromLine: number): Promise<LogPart> {
  const head = await selectHead(db, jobId);
  const chunks = await selectChunks(db, jobId, { fromLine, limit: chunksPerRead });
  const pieces: LogPiece[] = [];
  let next = fromLine;
  for (const chunk of chunks) {
    if (chunk.first_line > next) pieces.push(cutNotice(next, chunk.first_line));
    const skipped = Math.max(0, next - chunk.first_line);
    pieces.push({ firstLine: chunk.first_line + skipped, lines: chunk.content.split('\n').slice(skipped) });
    next = chunk.first_line + chunk.line_count;
  }
  const ended = head?.closed_at != null;
  if (chunks.length === 0 && ended && head.lines > next) {
    pieces.push({ firstLine: next, lines: [`[${head.lines - next} lines of this log were removed after their time]`] });
    next = head.lines;
  }
  return { pieces, nextLine: next, complete: ended && next >= head.lines };
}

/**
 * The log from line `fromLine` on, as it grows, until it is complete or `signal` aborts. Between pieces it waits
 * for the writer, which may be in another process.
 */
export async function* followLog(
  db: Db,
  jobId: number,
  options: { fromLine: number; signal: AbortSignal },
): AsyncGenerator<LogPiece> {
  const waiter = noticeWaiter(db, logChannel, String(jobId));
  try {
    let next = options.fromLine;
    while (!options.signal.aborted) {
      const part = await readLog(db, jobId, next);
      yield* part.pieces;
      if (part.complete) return;
      if (part.nextLine === next) await waiter.next(pollMs, options.signal);
      next = part.nextLine;
    }
  } finally {
    waiter.close();
  }
}

function cutNotice(from: number, to: number): LogPiece {
  return { firstLine: from, lines: [`[${to - from} lines were cut here: the log passed its size limit]`] };
}
