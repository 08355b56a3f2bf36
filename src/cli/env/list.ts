import { environmentStates } from '../../environments/index.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { gitlabClient } from '../gitlab-client.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { renderTable } from '../render-table.ts';
import { serverFlags } from '../server-flags.ts';
import { shortTime } from '../short-time.ts';
import { environmentsPath, type ShownEnvironment } from './environment.ts';

const argument = { status: 'built', flagOnly: true, type: 'string', default: '' } as const;

export const envListForm = {
  usage: 'polder env list <repository> [flags]',
  description: 'Lists the environments of a repository, in the order in which they were made.',
  operands: 1,
  rows: {
    search: { ...argument, help: 'Only those with this in their name.' },
    state: {
      ...argument,
      choices: environmentStates,
      help: 'Only those in this state: `available`, `stopping` or `stopped`.',
    },
    ...serverFlags,
    ...jsonFlag,
  },
} as const;

/** `polder env list`: a table for people, or with `--json` an array of what the server shows. */
export async function runEnvList(context: CliContext): Promise<number> {
  const flags = readFlags(context, envListForm);
  if (flags.kind === 'ended') return flags.code;
  const [repo = ''] = flags.operands;
  const { search, json } = flags.options;
  // Empty when it is not given.
  const state: string = flags.options.state;
  const query = new URLSearchParams({
    include_last_deployment: 'true',
    ...(search === '' ? {} : { search, match: 'substring' }),
    ...(state === '' ? {} : { states: state }),
  });
  const client = gitlabClient(flags.options);
  const found = (await client.list(`${environmentsPath(repo)}?${query.toString()}`)) as ShownEnvironment[];
  context.write(json ? `${JSON.stringify(found, null, 2)}\n` : table(found, repo));
  return exitCodes.ok;
}

function table(environments: readonly ShownEnvironment[], repo: string): string {
  if (environments.length === 0) return `${repo} has no such environments.\n`;
  const head = ['ID', 'NAME', 'STATE', 'TIER', 'DEPLOYED', 'STOPS', 'URL'];
  const lines = environments.map((environment) => [
    String(environment.id),
    environment.name,
    environment.state,
    environment.tier,
    shortTime(environment.last_deployment?.created_at, 'never'),
    shortTime(environment.auto_stop_at, 'never'),
    environment.external_url ?? '',
  ]);
  return renderTable([head, ...lines]);
}
