import type { Db, Tx } from '../db/index.ts';
import { appendLog, type LogLimit } from './append-log.ts';

/** Collects output and writes it in few transactions. */
export type LogWriter = {
  /**
   * Takes text as it comes, in pieces that need not end with a line. Resolves when there is room for more: whoever waits
   * for it keeps memory bounded, however slow the database is.
   */
  write(text: string): Promise<void>;
  /** One line of our own. */
  line(text: string): void;
  /** Writes at once what has come so far. Resolves when that was tried. */
  flush(): Promise<void>;
  /**
   * Ends the writing: waits for the write under way, and returns the function that writes the rest, a last unfinished
   * line included, as part of the caller's transaction. That function may be called again when the transaction is.
   */
  end(): Promise<(tx: Tx) => Promise<void>>;
};

export type LogWriterOptions = LogLimit & {
  /** Changes each line before it is kept. */
  readonly clean?: (line: string) => string;
  /** Joins each transaction; when it throws nothing is written. */
  readonly guard?: (tx: Tx) => Promise<void>;
  /** When it aborts, the log has another writer, and what is not written is dropped. */
  readonly signal?: AbortSignal;
  /** Hears why a write did not succeed. Its lines are kept, and written later. */
  readonly onFault: (error: unknown) => void;
};

const delayMs = 250;
const delayAfterFaultMs = 1000;
const writeAtBytes = 256 * 1024;
const fullAtBytes = 1024 * 1024;
const maxLineLength = 1024 * 1024;

/** A writer for one job's log. It writes a quarter of a second after the first unwritten line, or when much has come. */
export function createLogWriter(db: Db, jobId: number, options: LogWriterOptions): LogWriter {
  const buffer = createBuffer();
  const pump = createPump(
    buffer,
    async (lines) => {
      if (options.signal?.aborted) return;
      await db.transaction(async (tx) => {
        await options.guard?.(tx);
        await appendLog(tx, jobId, { lines, ...options });
      });
    },
    options.onFault,
  );
  let partial = '';
  const kept = (line: string) => shortened(options.clean ? options.clean(line) : line);
  const add = (text: string) => {
    buffer.add(kept(text));
    pump.wake();
  };
  return {
    write: async (text) => {
      const parts = text.split('\n');
      parts[0] = partial + parts[0];
      partial = parts.pop() ?? '';
      for (const part of parts) add(part);
      if (partial.length > maxLineLength * 2) partial = shortened(partial);
      await buffer.room();
    },
    line: (text) => {
      if (partial !== '') add(partial);
      partial = '';
      for (const part of text.split('\n')) add(part);
    },
    flush: pump.flush,
    end: async () => {
      await pump.end();
      const rest = buffer.take();
      if (partial !== '') rest.push(kept(partial));
      partial = '';
      return (tx) => appendLog(tx, jobId, { lines: rest, ...options });
    },
  };
}

type Buffer = ReturnType<typeof createBuffer>;

/** Writes what is in the buffer, one write at a time; what could not be written stays there for the next. */
function createPump(buffer: Buffer, write: (lines: string[]) => Promise<void>, onFault: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let ended = false;

  const writeTaken = async () => {
    const lines = buffer.take();
    try {
      await write(lines);
      buffer.done();
    } catch (error) {
      buffer.putBack(lines);
      onFault(error);
    }
    writing = undefined;
    if (!ended && !buffer.isEmpty()) wake();
  };
  const writeNow = () => {
    clearTimeout(timer);
    timer = undefined;
    writing ??= writeTaken();
  };
  const wake = () => {
    if (buffer.hasFailed()) timer ??= setTimeout(writeNow, delayAfterFaultMs);
    else if (buffer.bytes() >= writeAtBytes) writeNow();
    else timer ??= setTimeout(writeNow, delayMs);
  };
  return {
    /** There is something to write. */
    wake,
    flush: async () => {
      await writing;
      if (!buffer.isEmpty()) writeNow();
      await writing;
    },
    /** Waits for the write under way and begins no other. */
    end: async () => {
      ended = true;
      clearTimeout(timer);
      await writing;
    },
  };
}

/** Lines that are not written yet. */
function createBuffer() {
  let lines: string[] = [];
  let bytes = 0;
  let takenBytes = 0;
  let failed = false;
  let waiting: (() => void)[] = [];
  return {
    add: (line: string) => {
      lines.push(line);
      bytes += line.length + 1;
    },
    /** All lines, in order, to be written by one who then says how it went. */
    take: (): string[] => {
      const taken = lines;
      lines = [];
      takenBytes = bytes;
      return taken;
    },
    done: () => {
      bytes -= takenBytes;
      failed = false;
      for (const wake of waiting) wake();
      waiting = [];
    },
    putBack: (taken: string[]) => {
      lines = [...taken, ...lines];
      failed = true;
    },
    room: async (): Promise<void> => {
      while (bytes >= fullAtBytes) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    bytes: () => bytes,
    isEmpty: () => lines.length === 0,
    hasFailed: () => failed,
  };
}

/** A line as it is kept: without carriage returns and NUL, which PostgreSQL's text cannot hold, and not endless. */
function shortened(line: string): string {
  const clean = line.replaceAll('\0', '\uFFFD').replace(/\r+$/, '');
  return clean.length <= maxLineLength
    ? clean
    : `${clean.slice(0, maxLineLength)} [line cut: ${clean.length} characters]`;
}
