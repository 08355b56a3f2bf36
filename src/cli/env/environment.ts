import { PolderError } from '../../lib/errors.ts';
import type { GitlabClient } from '../gitlab-client.ts';

/** What the server shows of an environment, as far as the commands use it. */
export type ShownEnvironment = {
  readonly id: number;
  readonly name: string;
  readonly slug: string;
  readonly state: 'available' | 'stopping' | 'stopped';
  readonly tier: string;
  readonly external_url: string | null;
  readonly description: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly auto_stop_at: string | null;
  readonly auto_delete_at: string | null;
  readonly stopping_reason: string | null;
  readonly stopping_until: string | null;
  readonly last_deployment?: { readonly created_at: string; readonly ref: string; readonly sha: string } | null;
};

/** The path of a repository's environments. */
export function environmentsPath(repo: string): string {
  return `/projects/${encodeURIComponent(repo)}/environments`;
}

/** The path of the environment that a person means by an id or a name. */
export async function findEnvironmentPath(client: GitlabClient, repo: string, idOrName: string): Promise<string> {
  const path = environmentsPath(repo);
  if (/^\d+$/.test(idOrName)) return `${path}/${idOrName}`;
  const [found] = (await client.get(`${path}?name=${encodeURIComponent(idOrName)}`)) as ShownEnvironment[];
  if (found) return `${path}/${found.id}`;
  throw new PolderError('server_refused', `${repo} has no environment named ${JSON.stringify(idOrName)}`);
}
