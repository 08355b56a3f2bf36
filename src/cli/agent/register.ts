import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { gitlabClient } from '../gitlab-client.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { serverFlags } from '../server-flags.ts';
import { agentsPath, type ShownAgent } from './agent.ts';

export const agentRegisterForm = {
  usage: 'polder agent register <repository> <name> [flags]',
  description: 'Registers a cluster agent that the repository configures, so that its environments can name it.',
  operands: 2,
  rows: { ...serverFlags, ...jsonFlag },
} as const;

/** `polder agent register`: says what was registered, or with `--json` shows it. */
export async function runAgentRegister(context: CliContext): Promise<number> {
  const flags = readFlags(context, agentRegisterForm);
  if (flags.kind === 'ended') return flags.code;
  const [repo = '', name = ''] = flags.operands;
  const made = (await gitlabClient(flags.options).send('POST', agentsPath(repo), { name })) as ShownAgent;
  const text = `Registered the cluster agent ${made.name} (id ${made.id}) of ${repo}.\n`;
  context.write(flags.options.json ? `${JSON.stringify(made, null, 2)}\n` : text);
  return exitCodes.ok;
}
