import type { CliContext } from '../context.ts';
import { type CommandGroup, dispatch } from '../dispatch.ts';
import { runTokenCreate } from './create.ts';
import { runTokenList } from './list.ts';
import { runTokenRevoke } from './revoke.ts';

const token: CommandGroup = {
  name: 'polder token',
  description: 'Makes, lists and revokes the tokens that people and programs show. Works while the server runs.',
  entries: {
    create: { summary: 'Make a token and show it once', load: async () => runTokenCreate },
    list: { summary: 'List the tokens, without what they open', load: async () => runTokenList },
    revoke: { summary: 'End a token at once', load: async () => runTokenRevoke },
  },
};

/** `polder token create|list|revoke`. */
export async function runToken(context: CliContext): Promise<number> {
  return dispatch(context, token);
}
