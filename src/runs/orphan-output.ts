import type { DbHandle } from '../db/index.ts';
import { readLog } from '../job-logs/index.ts';
import { readOutputFile, stripAnsi } from '../terraform/index.ts';

export type OrphanOutput = {
  /** All that the process printed. */
  readonly text: string;
  /** Those of its lines that the log does not have yet. */
  readonly lines: readonly string[];
  /** The sentence that tells how it ended; null when it said nothing of the kind. */
  readonly ending: string | null;
};

const maxBytes = 8 * 1024 * 1024;

/** What an apply printed whose server died: the file has it all, the log as much as was written in time. */
export async function orphanOutput(db: DbHandle, jobId: number, path: string): Promise<OrphanOutput> {
  const { text: raw } = await readOutputFile(path, maxBytes);
  const text = stripAnsi(raw);
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const known = await linesSinceApply(db, jobId);
  return { text, lines: lines.slice(known), ending: endingOf(lines) };
}

/** How many lines the log has after the one that says that the apply begins. */
async function linesSinceApply(db: DbHandle, jobId: number): Promise<number> {
  let since = 0;
  for (let from = 0; ; ) {
    const part = await readLog(db, jobId, from);
    for (const line of part.pieces.flatMap((piece) => piece.lines)) {
      if (/^polder: running \S+ apply /.test(line)) since = 0;
      else if (!line.startsWith('polder: ')) since += 1;
    }
    if (part.nextLine === from) return since;
    from = part.nextLine;
  }
}

function endingOf(lines: readonly string[]): string | null {
  const telling = /^(Apply complete!.*|(│ )?Error: .*|.*Apply (cancelled|canceled|errored).*)$/;
  return (
    lines
      .filter((line) => telling.test(line))
      .at(-1)
      ?.replace(/^│ /, '') ?? null
  );
}
