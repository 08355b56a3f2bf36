/*
 * What the drivers' errors mean. No other folder looks at a driver's error.
 * PostgreSQL: SQLSTATE codes (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 * SQLite: extended result codes (https://www.sqlite.org/rescode.html).
 */

const sqliteUnique = new Set([1555, 2067]);
const sqliteFull = 13;

type DriverError = { code?: unknown; errcode?: unknown; message?: unknown; cause?: unknown };

function fields(error: unknown): DriverError {
  return typeof error === 'object' && error !== null ? (error as DriverError) : {};
}

/** The write would have made two rows with one key. */
export function isUniqueViolation(error: unknown): boolean {
  const { code, errcode, message } = fields(error);
  if (code === '23505') return true;
  if (typeof errcode === 'number') return sqliteUnique.has(errcode);
  return code === 'ERR_SQLITE_ERROR' && /UNIQUE constraint failed/.test(String(message));
}

/** The transaction lost a race and would succeed when run again. */
export function isRetryable(error: unknown): boolean {
  const { code } = fields(error);
  return code === '40001' || code === '40P01';
}

/** The connection to the server broke, or the server let go of it: another one may do better. */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = fields(error);
  // Class 08, and a server that is stopped or starts; the driver's own errors have no code.
  if (typeof code === 'string') return /^(08...|57P0[123]|ECONNRESET|EPIPE|ETIMEDOUT)$/.test(code);
  return /^Connection terminated|not queryable$/.test(String(message));
}

/** The disk under the database is full. */
export function isDiskFull(error: unknown): boolean {
  const { code, errcode, message } = fields(error);
  return (
    code === '53100' || code === 'ENOSPC' || errcode === sqliteFull || /database or disk is full/.test(String(message))
  );
}
