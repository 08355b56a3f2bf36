import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { gitlabClient } from '../gitlab-client.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { renderTable } from '../render-table.ts';
import { serverFlags } from '../server-flags.ts';
import { shortTime } from '../short-time.ts';
import { findAgent } from './agent.ts';

export const agentShowForm = {
  usage: 'polder agent show <repository> <id or name> [flags]',
  description: 'Shows a cluster agent: its id, which environments name it by, and who registered it.',
  operands: 2,
  rows: { ...serverFlags, ...jsonFlag },
} as const;

/** `polder agent show`: text for people, or with `--json` what the server shows. */
export async function runAgentShow(context: CliContext): Promise<number> {
  const flags = readFlags(context, agentShowForm);
  if (flags.kind === 'ended') return flags.code;
  const [repo = '', idOrName = ''] = flags.operands;
  const agent = await findAgent(gitlabClient(flags.options), repo, idOrName);
  const facts = [
    ['Name', agent.name],
    ['Id', String(agent.id)],
    ['Repository', repo],
    ['Registered', shortTime(agent.created_at, '')],
    ['By user', String(agent.created_by_user_id)],
  ];
  context.write(flags.options.json ? `${JSON.stringify(agent, null, 2)}\n` : renderTable(facts));
  return exitCodes.ok;
}
