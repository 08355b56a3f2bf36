import type { DbHandle } from '../db/index.ts';
import { type LogWriter, readLog } from '../job-logs/index.ts';
import { readOutputFile, stripAnsi } from '../terraform/index.ts';
import { tailFile } from './tail-file.ts';

export type OrphanOutput = {
  /** All that the process printed; of very much the middle is missing. */
  readonly text: string;
  /** The sentence that tells how it ended; null when it said nothing of the kind. */
  readonly ending: string | null;
};

const answerMaxBytes = 8 * 1024 * 1024;

/**
 * Follows the output file of an apply, an import or a state rm whose server died, until `ended` settles, and hands what the log does not have yet
 * to `writer`: the file has all of it, the log as much as was written in time.
 */
export async function followOrphan(
  db: DbHandle,
  orphan: { jobId: number; path: string; maxBytes: number; ended: Promise<unknown>; writer: LogWriter },
): Promise<OrphanOutput> {
  const { path, maxBytes, writer } = orphan;
  // Handled from the start, since it may fail while the log is read: the caller hears of it.
  const ended = orphan.ended.catch(() => undefined);
  const unknown = createLineSkipper(await linesSinceChange(db, orphan.jobId));
  await tailFile(path, { maxBytes, ended }, async (piece) => {
    const rest = unknown(piece);
    if (rest !== '') await writer.write(rest);
  });
  const { text } = readOutputFile(path, answerMaxBytes);
  const plain = stripAnsi(text);
  return { text: plain, ending: endingOf(plain) };
}

/** How many lines the log has after the one that says that the change begins: none when that one is missing too. */
async function linesSinceChange(db: DbHandle, jobId: number): Promise<number> {
  let since: number | undefined;
  for (let from = 0; ; ) {
    const part = await readLog(db, jobId, from);
    for (const line of part.pieces.flatMap((piece) => piece.lines)) {
      if (/^polder: running \S+ (apply|import|state rm) /.test(line)) since = 0;
      else if (since !== undefined && !line.startsWith('polder: ')) since += 1;
    }
    if (part.nextLine === from) return since ?? 0;
    from = part.nextLine;
  }
}

/** Takes a text in pieces and gives what comes after its first `count` lines. */
function createLineSkipper(count: number): (piece: string) => string {
  let left = count;
  return (piece) => {
    let start = 0;
    for (; left > 0; left -= 1) {
      const end = piece.indexOf('\n', start);
      if (end === -1) return '';
      start = end + 1;
    }
    return piece.slice(start);
  };
}

function endingOf(text: string): string | null {
  const telling = text.match(
    /^(Apply complete!.*|Import successful!.*|Successfully removed .*|(│ )?Error: .*|.*Apply (cancelled|canceled|errored).*)$/gm,
  );
  return telling?.at(-1)?.replace(/^│ /, '') ?? null;
}
