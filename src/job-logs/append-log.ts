import type { Tx } from '../db/index.ts';
import { countAdded, countCut, deleteBetween, insertChunk, type LogHead, noteClosed } from './store.ts';

/** Notices on this channel carry a job's id. */
export const logChannel = 'job_log';

const chunkBytes = 64 * 1024;
/** How far a log may pass its limit before the middle is cut, so that cutting is rare. */
const slackBytes = 1024 * 1024;

export type LogLimit = { readonly maxBytes: number };

/** Whole lines, without line ends. */
export type AddedLines = LogLimit & { readonly lines: readonly string[] };

/**
 * Adds lines to a job's log. One writer at a time appends to a log: the holder of the run.
 * Beyond `maxBytes` the middle is cut: the beginning and the newest part stay, each half of the limit.
 */
export async function appendLog(tx: Tx, jobId: number, added: AddedLines): Promise<void> {
  const parts = [...inChunks(added.lines)].map(toChunk);
  if (parts.length === 0) return;
  const lines = added.lines.length;
  const bytes = parts.reduce((sum, part) => sum + part.byte_count, 0);
  const head = await countAdded(tx, jobId, { chunks: parts.length, lines, bytes });
  const before = { seq: head.next_seq - parts.length, first_line: head.lines - lines, first_byte: head.bytes - bytes };
  for (const part of parts) {
    await insertChunk(tx, { job_id: jobId, ...before, ...part });
    before.seq += 1;
    before.first_line += part.line_count;
    before.first_byte += part.byte_count;
  }
  await keepWithinLimit(tx, head, added);
  await tx.notify(logChannel, String(jobId));
}

/** Marks the log as complete, so that followers stop waiting. Closing twice changes nothing. */
export async function closeLog(tx: Tx, jobId: number, now: number): Promise<void> {
  await noteClosed(tx, jobId, now);
  await tx.notify(logChannel, String(jobId));
}

async function keepWithinLimit(tx: Tx, head: LogHead, limit: LogLimit): Promise<void> {
  if (head.bytes - head.cut_bytes <= limit.maxBytes + slackBytes) return;
  const half = Math.floor(limit.maxBytes / 2);
  await countCut(tx, head.job_id, await deleteBetween(tx, head.job_id, { from: half, to: head.bytes - half }));
}

function toChunk(lines: readonly string[]) {
  const content = lines.join('\n');
  return { line_count: lines.length, byte_count: Buffer.byteLength(content) + 1, content };
}

function* inChunks(lines: readonly string[]): Generator<string[]> {
  let part: string[] = [];
  let size = 0;
  for (const line of lines) {
    if (part.length > 0 && size + line.length > chunkBytes) {
      yield part;
      part = [];
      size = 0;
    }
    part.push(line);
    size += line.length + 1;
  }
  if (part.length > 0) yield part;
}
