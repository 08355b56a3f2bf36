import type { DbHandle, JobLogsTable, LogChunksTable, Tx } from '../db/index.ts';

export type LogHead = JobLogsTable;

/** Counters of a job's log; undefined while nothing was written. */
export async function selectHead(db: DbHandle, jobId: number): Promise<LogHead | undefined> {
  return db.query.selectFrom('job_logs').selectAll().where('job_id', '=', jobId).executeTakeFirst();
}

/** Counts what is about to be added, and gives the counters after it. */
export async function countAdded(
  tx: Tx,
  jobId: number,
  added: { readonly chunks: number; readonly lines: number; readonly bytes: number },
): Promise<LogHead> {
  return tx.query
    .insertInto('job_logs')
    .values({ ...emptyHead(jobId), next_seq: added.chunks, lines: added.lines, bytes: added.bytes })
    .onConflict((conflict) =>
      conflict.column('job_id').doUpdateSet((update) => ({
        next_seq: update('job_logs.next_seq', '+', added.chunks),
        lines: update('job_logs.lines', '+', added.lines),
        bytes: update('job_logs.bytes', '+', added.bytes),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function countCut(tx: Tx, jobId: number, cut: { lines: number; bytes: number }): Promise<void> {
  await tx.query
    .updateTable('job_logs')
    .set((update) => ({
      cut_lines: update('cut_lines', '+', cut.lines),
      cut_bytes: update('cut_bytes', '+', cut.bytes),
    }))
    .where('job_id', '=', jobId)
    .execute();
}

/** Notes when the log was closed first. */
export async function noteClosed(tx: Tx, jobId: number, now: number): Promise<void> {
  await tx.query
    .insertInto('job_logs')
    .values({ ...emptyHead(jobId), closed_at: now })
    .onConflict((conflict) =>
      conflict.column('job_id').doUpdateSet((update) => ({
        closed_at: update.fn.coalesce('job_logs.closed_at', update.val(now)),
      })),
    )
    .execute();
}

function emptyHead(jobId: number): LogHead {
  return { job_id: jobId, next_seq: 0, lines: 0, bytes: 0, cut_lines: 0, cut_bytes: 0, closed_at: null };
}

export async function insertChunk(tx: Tx, chunk: LogChunksTable): Promise<void> {
  await tx.query.insertInto('log_chunks').values(chunk).execute();
}

/** The chunks that hold line `fromLine` and what follows, oldest first. */
export async function selectChunks(
  db: DbHandle,
  jobId: number,
  range: { fromLine: number; limit: number },
): Promise<LogChunksTable[]> {
  return db.query
    .selectFrom('log_chunks')
    .selectAll()
    .where('job_id', '=', jobId)
    .where((where) => where(where('first_line', '+', where.ref('line_count')), '>', range.fromLine))
    .orderBy('seq')
    .limit(range.limit)
    .execute();
}

/** Deletes the chunks that lie wholly between two byte offsets; says how much that was. */
export async function deleteBetween(
  tx: Tx,
  jobId: number,
  bytes: { from: number; to: number },
): Promise<{ lines: number; bytes: number }> {
  const deleted = await tx.query
    .deleteFrom('log_chunks')
    .where('job_id', '=', jobId)
    .where('first_byte', '>=', bytes.from)
    .where((where) => where(where('first_byte', '+', where.ref('byte_count')), '<=', bytes.to))
    .returning(['line_count', 'byte_count'])
    .execute();
  return {
    lines: deleted.reduce((sum, chunk) => sum + chunk.line_count, 0),
    bytes: deleted.reduce((sum, chunk) => sum + chunk.byte_count, 0),
  };
}

/** Deletes the contents of logs that closed before `time`, at most `limit` jobs at once; says how many. */
export async function deleteClosedBefore(tx: Tx, time: number, limit: number): Promise<number> {
  const old = await tx.query
    .selectFrom('job_logs')
    .select('job_id')
    .where('closed_at', '<', time)
    .where('next_seq', '>', 0)
    .limit(limit)
    .execute();
  const jobIds = old.map((row) => row.job_id);
  if (jobIds.length === 0) return 0;
  await tx.query.deleteFrom('log_chunks').where('job_id', 'in', jobIds).execute();
  await tx.query.updateTable('job_logs').set({ next_seq: 0 }).where('job_id', 'in', jobIds).execute();
  return jobIds.length;
}
