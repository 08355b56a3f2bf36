import type { CliContext } from '../context.ts';
import { type CommandGroup, dispatch } from '../dispatch.ts';
import { runEnvCreate } from './create.ts';
import { runEnvDelete } from './delete.ts';
import { runEnvList } from './list.ts';
import { runEnvShow } from './show.ts';
import { runEnvStop } from './stop.ts';
import { runEnvStopStale } from './stop-stale.ts';

const env: CommandGroup = {
  name: 'polder env',
  description: 'Lists, makes, stops and deletes environments, on a running server.',
  entries: {
    list: { summary: 'List the environments of a repository', load: async () => runEnvList },
    show: { summary: 'Show one, with what happened to it', load: async () => runEnvShow },
    create: { summary: 'Make one', load: async () => runEnvCreate },
    stop: { summary: 'Stop one', load: async () => runEnvStop },
    delete: { summary: 'Delete a stopped one', load: async () => runEnvDelete },
    'stop-stale': { summary: 'Stop those that nothing was done to for long', load: async () => runEnvStopStale },
  },
};

/** `polder env list|show|create|stop|delete|stop-stale`. */
export async function runEnv(context: CliContext): Promise<number> {
  return dispatch(context, env);
}
