import { readOptions, renderOptionsHelp } from '../config/index.ts';
import { createLog } from '../lib/log.ts';
import { startServer } from '../server.ts';
import type { CliContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { readText, refuse } from './read-flags.ts';
import { serveUntilStopped } from './serve-until-stopped.ts';

/** `polder server`: serves until a signal stops it. */
export async function runServer(context: CliContext): Promise<number> {
  const { env, now } = context;
  const reading = readOptions({ argv: context.words, env, readFile: readText });
  if (reading.kind === 'help') {
    context.write(
      `Starts the server.\n\nUsage: polder server --repo-allowlist <rules> [flags]\n\n${renderOptionsHelp()}`,
    );
    return exitCodes.ok;
  }
  if (reading.kind === 'invalid') return refuse(context, reading.errors).code;
  const log = createLog({ level: reading.options.logLevel });
  for (const warning of reading.warnings) log.warn(warning);
  return serveUntilStopped(context, { log, start: () => startServer({ options: reading.options, log, env, now }) });
}
