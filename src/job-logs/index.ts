export { appendLog, closeLog, type LogLimit } from './append-log.ts';
export { createLogWriter, type LogWriter } from './log-writer.ts';
export { followLog, type LogPart, type LogPiece, readLog } from './read-log.ts';
export { deleteClosedBefore as deleteOldLogs } from './store.ts';
