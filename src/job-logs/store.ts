import type { DbHandle, JobLogsTable, LogChunksTable, Tx } from '../db/index.ts';

export type LogHead = JobLogsTable;

/** Counters of a job's log; undefined while nothing was written. */
export async function selectHead(db: DbHandle, jobId: number): Promise<LogHead | undefined> {
  return db.query.selectFrom('job_logs').selectAll().where('job_id', '=', jobId).executeTakeFirst();
}

export async function upsertHead(tx: Tx, head: LogHead): Promise<void> {
  const { job_id: _, ...changed } = head;
  await tx.query
    .insertInto('job_logs')
    .values(head)
    .onConflict((conflict) => conflict.column('job_id').doUpdateSet(changed))
    .execute();
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
