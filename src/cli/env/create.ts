import { autoStopSettings, environmentTiers } from '../../environments/index.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { gitlabClient } from '../gitlab-client.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { serverFlags } from '../server-flags.ts';
import { environmentsPath, type ShownEnvironment } from './environment.ts';

const argument = { status: 'built', flagOnly: true, type: 'string', default: '' } as const;

export const envCreateForm = {
  usage: 'polder env create <repository> <name> [flags]',
  description: 'Makes an environment. The first project of the repository that would get its name takes it over.',
  operands: 2,
  rows: {
    tier: {
      ...argument,
      shownDefault: 'what the name suggests',
      choices: environmentTiers,
      help: `One of ${environmentTiers.join(', ')}.`,
    },
    url: { ...argument, help: 'Where what is deployed can be seen.' },
    description: { ...argument, help: 'What it is for.' },
    'auto-stop-in': { ...argument, shownDefault: 'never', help: 'When it is stopped by itself, such as `3 days`.' },
    'auto-stop-setting': {
      ...argument,
      default: 'always',
      choices: autoStopSettings,
      help: '`always`, or `with_action` to stop it only by a stop action.',
    },
    ...serverFlags,
    ...jsonFlag,
  },
} as const;

/** `polder env create`: says what was made, or with `--json` shows it. */
export async function runEnvCreate(context: CliContext): Promise<number> {
  const flags = readFlags(context, envCreateForm);
  if (flags.kind === 'ended') return flags.code;
  const [repo = '', name = ''] = flags.operands;
  // Empty when it is not given.
  const tier: string = flags.options.tier;
  const { url, description, autoStopIn, autoStopSetting, json } = flags.options;
  const made = (await gitlabClient(flags.options).send('POST', environmentsPath(repo), {
    name,
    ...(tier === '' ? {} : { tier }),
    external_url: url,
    description,
    auto_stop_in: autoStopIn,
    auto_stop_setting: autoStopSetting,
  })) as ShownEnvironment;
  const text = `Made the environment ${made.name} (id ${made.id}) of ${repo}: ${made.tier}, slug ${made.slug}.\n`;
  context.write(json ? `${JSON.stringify(made, null, 2)}\n` : text);
  return exitCodes.ok;
}
