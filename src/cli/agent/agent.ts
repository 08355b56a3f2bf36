import { PolderError } from '../../lib/errors.ts';
import type { GitlabClient } from '../gitlab-client.ts';

/** What the server shows of a cluster agent, as far as the commands use it. */
export type ShownAgent = {
  readonly id: number;
  readonly name: string;
  readonly created_at: string;
  readonly created_by_user_id: number;
};

/** The path of a repository's cluster agents. */
export function agentsPath(repo: string): string {
  return `/projects/${encodeURIComponent(repo)}/cluster_agents`;
}

/** The agent that a person means by an id or a name; a name may be a number, and then it is an id. */
export async function findAgent(client: GitlabClient, repo: string, idOrName: string): Promise<ShownAgent> {
  if (/^\d+$/.test(idOrName)) return (await client.get(`${agentsPath(repo)}/${idOrName}`)) as ShownAgent;
  const agents = (await client.list(agentsPath(repo))) as ShownAgent[];
  const found = agents.find(({ name }) => name === idOrName);
  if (found) return found;
  throw new PolderError('server_refused', `${repo} has no cluster agent named ${JSON.stringify(idOrName)}`);
}
