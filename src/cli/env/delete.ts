import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { gitlabClient } from '../gitlab-client.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { serverFlags } from '../server-flags.ts';
import { findEnvironmentPath, type ShownEnvironment } from './environment.ts';

export const envDeleteForm = {
  usage: 'polder env delete <repository> <id or name> [flags]',
  description: 'Deletes a stopped environment with its deployments. What was deployed is not touched.',
  operands: 2,
  rows: {
    force: {
      type: 'bool',
      default: false,
      status: 'built',
      flagOnly: true,
      help: 'Delete it even when it is not stopped, without running its stop actions.',
    },
    ...serverFlags,
    ...jsonFlag,
  },
} as const;

/** `polder env delete`: says what was deleted, or with `--json` prints its id and name. */
export async function runEnvDelete(context: CliContext): Promise<number> {
  const flags = readFlags(context, envDeleteForm);
  if (flags.kind === 'ended') return flags.code;
  const [repo = '', idOrName = ''] = flags.operands;
  const { force, json } = flags.options;
  const client = gitlabClient(flags.options);
  const path = await findEnvironmentPath(client, repo, idOrName);
  const { id, name } = (await client.get(path)) as ShownEnvironment;
  await client.send('DELETE', path, { force });
  context.write(
    json ? `${JSON.stringify({ id, name })}\n` : `Deleted the environment ${name} (id ${id}) of ${repo}.\n`,
  );
  return exitCodes.ok;
}
