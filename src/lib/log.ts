import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

/** The logger every part receives. Static message, details as fields: `log.info({ runId }, 'run accepted')`. */
export type Log = Logger;

/** Levels an operator may choose. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

const secretFields = ['token', 'secret', 'password', 'authorization', 'apiSecret', '*.token', '*.secret', '*.password'];

/**
 * Makes a logger that writes JSON lines to `destination` (standard error by default, so that commands keep standard
 * output for their result). Fields with the names of secrets are replaced.
 */
export function createLog(options: { level: LogLevel | 'silent'; destination?: DestinationStream }): Log {
  const settings = {
    level: options.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: secretFields, censor: '<redacted>' },
  };
  return options.destination
    ? pino(settings, options.destination)
    : pino(settings, pino.destination({ dest: 2, sync: true }));
}

/** A logger that says nothing, for tests and short commands. */
export function silentLog(): Log {
  return createLog({ level: 'silent' });
}
