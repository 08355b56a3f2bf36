import type { Db, Tx } from '../db/index.ts';
import { appendLog, type LogLimit } from './append-log.ts';

/** Collects output and writes it in few transactions. */
export type LogWriter = {
  /** Takes text as it comes, in pieces that need not end with a line. */
  write(text: string): void;
  /** One line of our own. */
  line(text: string): void;
  /**
   * Ends the writing: waits for writes under way, and returns the function that writes the rest, a last unfinished line
   * included, as part of the caller's transaction. That function may be called again when the transaction is.
   */
  end(): Promise<(tx: Tx) => Promise<void>>;
};

const delayMs = 250;
const maxPendingBytes = 256 * 1024;
const maxLineLength = 1024 * 1024;

/**
 * A writer for one job's log; `clean` changes each line before it is kept. It writes by itself a quarter of a second after the first unwritten line, or when much has
 * collected; `onFault` hears when that went wrong (the lines are then lost to the log, not to the run).
 */
export function createLogWriter(
  db: Db,
  jobId: number,
  options: LogLimit & { clean?: (line: string) => string; onFault: (error: unknown) => void },
): LogWriter {
  let lines: string[] = [];
  let size = 0;
  let partial = '';
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const take = (): string[] => {
    const taken = lines;
    lines = [];
    size = 0;
    clearTimeout(timer);
    timer = undefined;
    return taken;
  };
  const writeNow = () => {
    const taken = take();
    writing = writing
      .then(() => db.transaction((tx) => appendLog(tx, jobId, { lines: taken, ...options })))
      .catch((error: unknown) => options.onFault(error));
  };
  const kept = (line: string) => shortened(options.clean ? options.clean(line) : line);
  const add = (text: string) => {
    const line = kept(text);
    lines.push(line);
    size += line.length + 1;
    if (size >= maxPendingBytes) writeNow();
    else timer ??= setTimeout(writeNow, delayMs);
  };
  return {
    write: (text) => {
      const parts = text.split('\n');
      parts[0] = partial + parts[0];
      partial = parts.pop() ?? '';
      for (const part of parts) add(part);
      if (partial.length > maxLineLength * 2) partial = shortened(partial);
    },
    line: (text) => {
      if (partial !== '') add(partial);
      partial = '';
      for (const part of text.split('\n')) add(part);
    },
    end: async () => {
      const rest = take();
      if (partial !== '') rest.push(kept(partial));
      partial = '';
      await writing;
      return (tx) => appendLog(tx, jobId, { lines: rest, ...options });
    },
  };
}

/** A line as it is kept: without carriage returns and NUL, which PostgreSQL's text cannot hold, and not endless. */
function shortened(line: string): string {
  const clean = line.replaceAll('\0', '\uFFFD').replace(/\r+$/, '');
  return clean.length <= maxLineLength
    ? clean
    : `${clean.slice(0, maxLineLength)} [line cut: ${clean.length} characters]`;
}
