import type { z } from 'zod';
import type { ClusterAgent } from '../../../environments/index.ts';
import type { Repo } from '../../../repos/index.ts';
import type { clusterAgentSchema } from './schemas.ts';
import { isoTime } from './time.ts';

/** An agent, with the repo that configures it. */
export function renderClusterAgent(agent: ClusterAgent, repo: Repo): z.infer<typeof clusterAgentSchema> {
  const names = repo.fullName.split('/');
  const path = names.at(-1) ?? repo.fullName;
  return {
    id: agent.id,
    name: agent.name,
    config_project: {
      id: repo.id,
      description: null,
      name: path,
      name_with_namespace: names.join(' / '),
      path,
      path_with_namespace: repo.fullName,
      created_at: isoTime(repo.createdAt),
    },
    created_at: isoTime(agent.createdAt),
    created_by_user_id: agent.createdBy,
    is_receptive: false,
  };
}
