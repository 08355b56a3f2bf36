import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { gitlabClient } from '../gitlab-client.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { serverFlags } from '../server-flags.ts';
import { agentsPath, findAgent } from './agent.ts';

export const agentDeleteForm = {
  usage: 'polder agent delete <repository> <id or name> [flags]',
  description: 'Deletes a cluster agent. Environments that have it lose it, with their namespace and Flux resource.',
  operands: 2,
  rows: { ...serverFlags, ...jsonFlag },
} as const;

/** `polder agent delete`: says what was deleted, or with `--json` prints its id and name. */
export async function runAgentDelete(context: CliContext): Promise<number> {
  const flags = readFlags(context, agentDeleteForm);
  if (flags.kind === 'ended') return flags.code;
  const [repo = '', idOrName = ''] = flags.operands;
  const client = gitlabClient(flags.options);
  const { id, name } = await findAgent(client, repo, idOrName);
  await client.send('DELETE', `${agentsPath(repo)}/${id}`);
  const text = `Deleted the cluster agent ${name} (id ${id}) of ${repo}.\n`;
  context.write(flags.options.json ? `${JSON.stringify({ id, name })}\n` : text);
  return exitCodes.ok;
}
