import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { gitlabClient } from '../gitlab-client.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { renderTable } from '../render-table.ts';
import { serverFlags } from '../server-flags.ts';
import { shortTime } from '../short-time.ts';
import { agentsPath, type ShownAgent } from './agent.ts';

export const agentListForm = {
  usage: 'polder agent list <repository> [flags]',
  description: 'Lists the cluster agents that a repository configures, in the order in which they were registered.',
  operands: 1,
  rows: { ...serverFlags, ...jsonFlag },
} as const;

/** `polder agent list`: a table for people, or with `--json` an array of what the server shows. */
export async function runAgentList(context: CliContext): Promise<number> {
  const flags = readFlags(context, agentListForm);
  if (flags.kind === 'ended') return flags.code;
  const [repo = ''] = flags.operands;
  const agents = (await gitlabClient(flags.options).list(agentsPath(repo))) as ShownAgent[];
  context.write(flags.options.json ? `${JSON.stringify(agents, null, 2)}\n` : table(agents, repo));
  return exitCodes.ok;
}

function table(agents: readonly ShownAgent[], repo: string): string {
  if (agents.length === 0) return `${repo} has no cluster agents.\n`;
  const lines = agents.map(({ id, name, created_at: time }) => [String(id), name, shortTime(time, '')]);
  return renderTable([['ID', 'NAME', 'REGISTERED'], ...lines]);
}
