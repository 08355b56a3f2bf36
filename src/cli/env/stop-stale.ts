import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { gitlabClient } from '../gitlab-client.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { serverFlags } from '../server-flags.ts';
import { environmentsPath } from './environment.ts';

const day = 86_400_000;

export const envStopStaleForm = {
  usage: 'polder env stop-stale <repository> --older-than <time> [flags]',
  description:
    'Stops all environments of a repository that were neither changed nor deployed to for long. Protected ones stay.',
  operands: 1,
  rows: {
    'older-than': {
      type: 'duration',
      default: 0,
      status: 'built',
      flagOnly: true,
      required: true,
      min: 7 * day,
      help: 'For how long, such as `30d`; at least a week.',
    },
    ...serverFlags,
    ...jsonFlag,
  },
} as const;

/** `polder env stop-stale`: says how many are stopped, or with `--json` prints it. */
export async function runEnvStopStale(context: CliContext): Promise<number> {
  const flags = readFlags(context, envStopStaleForm);
  if (flags.kind === 'ended') return flags.code;
  const [repo = ''] = flags.operands;
  const before = new Date(context.now() - flags.options.olderThan).toISOString();
  const client = gitlabClient(flags.options);
  const tally = (await client.send('POST', `${environmentsPath(repo)}/stop_stale`, { before })) as {
    readonly requested: number;
    readonly skipped: number;
  };
  const { requested, skipped } = tally;
  const protectedOnes = skipped === 0 ? '' : `; ${skipped} are protected and stay`;
  context.write(
    flags.options.json
      ? `${JSON.stringify({ before, requested, skipped })}\n`
      : `${requested} environments that were not touched since ${before} are stopped now${protectedOnes}.\n`,
  );
  return exitCodes.ok;
}
