import { version } from '../lib/version.ts';
import type { CliContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { jsonFlag, readFlags } from './read-flags.ts';

export const versionForm = {
  usage: 'polder version [--json]',
  description: 'Prints the version of this program.',
  operands: 0,
  rows: jsonFlag,
} as const;

/** `polder version`: prints `polder 0.1.0`, or `{"version":"0.1.0"}`. */
export async function runVersion(context: CliContext): Promise<number> {
  const flags = readFlags(context, versionForm);
  if (flags.kind === 'ended') return flags.code;
  context.write(flags.options.json ? `${JSON.stringify({ version })}\n` : `polder ${version}\n`);
  return exitCodes.ok;
}
