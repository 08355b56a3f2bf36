import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { gitlabClient } from '../gitlab-client.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { renderTable } from '../render-table.ts';
import { serverFlags } from '../server-flags.ts';
import { shortTime } from '../short-time.ts';
import { findEnvironmentPath, type ShownEnvironment } from './environment.ts';

export const envShowForm = {
  usage: 'polder env show <repository> <id or name> [flags]',
  description: 'Shows an environment, and what happened to it last.',
  operands: 2,
  rows: { ...serverFlags, ...jsonFlag },
} as const;

type ShownEvent = {
  readonly kind: string;
  readonly reason: string | null;
  readonly actor: { readonly username: string } | null;
  readonly created_at: string;
};

/** `polder env show`: text for people, or with `--json` what the server shows. */
export async function runEnvShow(context: CliContext): Promise<number> {
  const flags = readFlags(context, envShowForm);
  if (flags.kind === 'ended') return flags.code;
  const [repo = '', idOrName = ''] = flags.operands;
  const client = gitlabClient(flags.options);
  const path = await findEnvironmentPath(client, repo, idOrName);
  const environment = (await client.get(path)) as ShownEnvironment;
  if (flags.options.json) {
    context.write(`${JSON.stringify(environment, null, 2)}\n`);
    return exitCodes.ok;
  }
  const events = (await client.get(`${path}/events?per_page=10`)) as ShownEvent[];
  context.write(`${facts(environment)}${history(events)}`);
  return exitCodes.ok;
}

function facts(environment: ShownEnvironment): string {
  const { last_deployment: last } = environment;
  const deployed = last ? `${shortTime(last.created_at, '')}, ${last.ref} at ${last.sha.slice(0, 8)}` : 'never';
  const stopping = environment.stopping_reason;
  return renderTable([
    ['Name', environment.name],
    ['Id', String(environment.id)],
    ['State', environment.state + (stopping === null ? '' : `: ${stopping}`)],
    ['Tier', environment.tier],
    ['Slug', environment.slug],
    ['URL', environment.external_url ?? 'none'],
    ['Description', environment.description ?? 'none'],
    ['Made', shortTime(environment.created_at, '')],
    ['Deployed', deployed],
    ['Stops', shortTime(environment.auto_stop_at, 'never')],
    ['Is deleted', shortTime(environment.auto_delete_at, 'never')],
  ]);
}

function history(events: readonly ShownEvent[]): string {
  if (events.length === 0) return '';
  const lines = events.map(({ kind, reason, actor, created_at: time }) => [
    shortTime(time, ''),
    kind,
    actor?.username ?? '',
    reason ?? '',
  ]);
  return `\n${renderTable([['WHEN', 'WHAT', 'WHO', 'WHY'], ...lines])}`;
}
