import type { CliContext } from '../context.ts';
import { type CommandGroup, dispatch } from '../dispatch.ts';
import { runRepoList } from './list.ts';
import { runRepoSet } from './set.ts';
import { runRepoShow } from './show.ts';

const repo: CommandGroup = {
  name: 'polder repo',
  description: 'Shows the repositories that the server knows, and who may see them. Works while the server runs.',
  entries: {
    list: { summary: 'List the repositories', load: async () => runRepoList },
    show: { summary: 'Show one repository', load: async () => runRepoShow },
    set: { summary: 'Make a repository public or private', load: async () => runRepoSet },
  },
};

/** `polder repo list|show|set`. */
export async function runRepo(context: CliContext): Promise<number> {
  return dispatch(context, repo);
}
