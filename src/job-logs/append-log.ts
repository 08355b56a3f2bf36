import type { Tx } from '../db/index.ts';
import { deleteBetween, insertChunk, type LogHead, selectHead, upsertHead } from './store.ts';

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
  const { lines } = added;
  if (lines.length === 0) return;
  let head = (await selectHead(tx, jobId)) ?? emptyHead(jobId);
  for (const part of inChunks(lines)) {
    const content = part.join('\n');
    const bytes = Buffer.byteLength(content) + 1;
    await insertChunk(tx, {
      job_id: jobId,
      seq: head.next_seq,
      first_line: head.lines,
      first_byte: head.bytes,
      line_count: part.length,
      byte_count: bytes,
      content,
    });
    head = { ...head, next_seq: head.next_seq + 1, lines: head.lines + part.length, bytes: head.bytes + bytes };
  }
  await upsertHead(tx, await withinLimit(tx, head, added));
  await tx.notify(logChannel, String(jobId));
}

/** Marks the log as complete, so that followers stop waiting. Closing twice changes nothing. */
export async function closeLog(tx: Tx, jobId: number, now: number): Promise<void> {
  const head = (await selectHead(tx, jobId)) ?? emptyHead(jobId);
  if (head.closed_at === null) await upsertHead(tx, { ...head, closed_at: now });
  await tx.notify(logChannel, String(jobId));
}

async function withinLimit(tx: Tx, head: LogHead, limit: LogLimit): Promise<LogHead> {
  if (head.bytes - head.cut_bytes <= limit.maxBytes + slackBytes) return head;
  const half = Math.floor(limit.maxBytes / 2);
  const cut = await deleteBetween(tx, head.job_id, { from: half, to: head.bytes - half });
  return { ...head, cut_lines: head.cut_lines + cut.lines, cut_bytes: head.cut_bytes + cut.bytes };
}

function emptyHead(jobId: number): LogHead {
  return { job_id: jobId, next_seq: 0, lines: 0, bytes: 0, cut_lines: 0, cut_bytes: 0, closed_at: null };
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
