import type { CliContext } from '../context.ts';
import { type CommandGroup, dispatch } from '../dispatch.ts';
import { runAgentDelete } from './delete.ts';
import { runAgentList } from './list.ts';
import { runAgentRegister } from './register.ts';
import { runAgentShow } from './show.ts';

const agent: CommandGroup = {
  name: 'polder agent',
  description: 'Registers, lists and deletes the cluster agents of repositories, on a running server.',
  entries: {
    list: { summary: 'List the cluster agents of a repository', load: async () => runAgentList },
    show: { summary: 'Show one', load: async () => runAgentShow },
    register: { summary: 'Register one', load: async () => runAgentRegister },
    delete: { summary: 'Delete one', load: async () => runAgentDelete },
  },
};

/** `polder agent list|show|register|delete`. */
export async function runAgent(context: CliContext): Promise<number> {
  return dispatch(context, agent);
}
