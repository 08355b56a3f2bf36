import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { gitlabClient } from '../gitlab-client.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { serverFlags } from '../server-flags.ts';
import { shortTime } from '../short-time.ts';
import { findEnvironmentPath, type ShownEnvironment } from './environment.ts';

export const envStopForm = {
  usage: 'polder env stop <repository> <id or name> [flags]',
  description: 'Stops an environment: its stop actions are started, and without any it is stopped at once.',
  operands: 2,
  rows: {
    force: {
      type: 'bool',
      default: false,
      status: 'built',
      flagOnly: true,
      help: 'Stop it at once, without its stop actions.',
    },
    ...serverFlags,
    ...jsonFlag,
  },
} as const;

/** `polder env stop`: says what state it is in then, or with `--json` shows it. */
export async function runEnvStop(context: CliContext): Promise<number> {
  const flags = readFlags(context, envStopForm);
  if (flags.kind === 'ended') return flags.code;
  const [repo = '', idOrName = ''] = flags.operands;
  const { force, json } = flags.options;
  const client = gitlabClient(flags.options);
  const path = await findEnvironmentPath(client, repo, idOrName);
  const after = (await client.send('POST', `${path}/stop`, { force })) as ShownEnvironment;
  context.write(json ? `${JSON.stringify(after, null, 2)}\n` : `${sentence(after)}\n`);
  return exitCodes.ok;
}

function sentence({ id, name, state, stopping_until: until }: ShownEnvironment): string {
  const subject = `${name} (id ${id})`;
  switch (state) {
    case 'stopped':
      return `${subject} is stopped.`;
    case 'stopping':
      return `${subject} is stopping; that is given up at ${shortTime(until, 'no time')}.`;
    case 'available':
      return `${subject} is still available: only a stop action may stop it, and it has none; --force stops it anyway.`;
  }
}
