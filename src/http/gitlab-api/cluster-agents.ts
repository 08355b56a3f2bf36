import { z } from 'zod';
import { countAgents, findAgent, listAgents, registerAgent, unregisterAgent } from '../../environments/index.ts';
import { badRequest, created, noContent, ok, recordNotFound } from './answer.ts';
import { projectEndpoint } from './endpoint.ts';
import { renderClusterAgent } from './entities/cluster-agent.ts';
import { clusterAgentSchema } from './entities/schemas.ts';
import { pageHeaders } from './pagination.ts';
import { pageParameters, requiredInteger, requiredText } from './parameters.ts';

/* https://docs.gitlab.com/api/cluster_agents/ */

const path = '/projects/:id/cluster_agents';
const onePath = `${path}/:agent_id`;
const one = z.object({ id: requiredText, agent_id: requiredInteger });

export const listAgentsEndpoint = projectEndpoint({
  method: 'GET',
  path,
  summary: 'List the cluster agents of a repository',
  ability: 'agents:read',
  parameters: z.object({ id: requiredText, ...pageParameters }),
  reply: z.array(clusterAgentSchema),
  handle: async ({ db }, { repo, parameters, address }) => {
    const { page, per_page: perPage } = parameters;
    const total = await countAgents(db, repo.id);
    const agents = await listAgents(db, repo.id, { offset: (page - 1) * perPage, limit: perPage });
    const headers = pageHeaders(address, { page, perPage, total, more: page * perPage < total });
    return ok(
      agents.map((agent) => renderClusterAgent(agent, repo)),
      headers,
    );
  },
});

export const getAgentEndpoint = projectEndpoint({
  method: 'GET',
  path: onePath,
  summary: 'Get a cluster agent',
  ability: 'agents:read',
  parameters: one,
  reply: clusterAgentSchema,
  handle: async ({ db }, { repo, parameters }) => {
    const agent = await findAgent(db, repo.id, parameters.agent_id);
    return agent ? ok(renderClusterAgent(agent, repo)) : recordNotFound;
  },
});

export const registerAgentEndpoint = projectEndpoint({
  method: 'POST',
  path,
  summary: 'Register a cluster agent that the repository configures',
  ability: 'agents:write',
  parameters: z.object({ id: requiredText, name: requiredText }),
  status: 201,
  reply: clusterAgentSchema,
  handle: async ({ db, now }, { repo, principal, parameters }) => {
    const by = { actor: principal.actor, now: now() };
    const result = await registerAgent(db, { repoId: repo.id, name: parameters.name }, by);
    return result.kind === 'registered' ? created(renderClusterAgent(result.agent, repo)) : badRequest(result.message);
  },
});

export const deleteAgentEndpoint = projectEndpoint({
  method: 'DELETE',
  path: onePath,
  summary: 'Delete a cluster agent; environments lose it',
  ability: 'agents:write',
  parameters: one,
  status: 204,
  reply: null,
  handle: async ({ db, now }, { repo, principal, parameters }) => {
    const by = { actor: principal.actor, now: now() };
    const deleted = await unregisterAgent(db, { repoId: repo.id, id: parameters.agent_id }, by);
    return deleted ? noContent : recordNotFound;
  },
});
