import { z } from 'zod';
import {
  type EnvironmentFilter,
  environmentStates,
  findEnvironment,
  listEnvironments,
  listEnvironmentsAfter,
} from '../../environments/index.ts';
import type { Repo } from '../../repos/index.ts';
import { type Answer, badRequest, errorAnswer, ok, recordNotFound } from './answer.ts';
import type { GitlabDeps } from './deps.ts';
import { type Call, groupEndpoint, projectEndpoint } from './endpoint.ts';
import { listedEnvironmentSchema, singleEnvironmentSchema } from './entities/schemas.ts';
import { keysetHeaders, pageHeaders } from './pagination.ts';
import {
  oneOf,
  optionalBoolean,
  optionalFilter,
  optionalInteger,
  optionalText,
  pageParameters,
  requiredInteger,
  requiredText,
} from './parameters.ts';
import { showListed, showSingle } from './show-environments.ts';

const shortestSearch = 3;

/** The parameters of every list of environments, and of which two at most one may be sent. */
const listParameters = z.object({
  id: requiredText,
  ...pageParameters,
  name: optionalFilter,
  search: optionalFilter,
  states: oneOf(environmentStates),
  pagination: optionalText,
  order_by: optionalText,
  sort: optionalText,
  id_after: optionalInteger,
  match: oneOf(['prefix', 'substring']),
  include_last_deployment: optionalBoolean,
});
const listExclusive = { names: ['name', 'search'], error: 'cannot be used together' };

export const listEndpoint = projectEndpoint({
  method: 'GET',
  path: '/projects/:id/environments',
  summary: 'List the environments of a repository',
  ability: 'environments:read',
  parameters: listParameters,
  exclusive: listExclusive,
  reply: z.array(listedEnvironmentSchema),
  handle: async (deps, call) => answerList(deps, call, [call.repo]),
});

/** Polder's own: GitLab lists those of one project only. */
export const groupListEndpoint = groupEndpoint({
  method: 'GET',
  path: '/groups/:id/environments',
  summary: 'List the environments of all repositories of a group',
  ability: 'environments:read',
  repos: 'some',
  parameters: listParameters,
  exclusive: listExclusive,
  reply: z.array(listedEnvironmentSchema),
  handle: async (deps, call) => answerList(deps, call, call.repos),
});

/** A stretch of the environments of these repos. */
async function answerList(
  deps: GitlabDeps,
  call: Call<z.output<typeof listParameters>>,
  repos: readonly Repo[],
): Promise<Answer> {
  const { principal, parameters, address } = call;
  const { name, search, states, page, per_page: perPage } = parameters;
  const bySubstring = parameters.match === 'substring';
  if (search !== undefined && !bySubstring && Array.from(search).length < shortestSearch) {
    return badRequest(`Search query is less than ${shortestSearch} characters`);
  }
  const filter: EnvironmentFilter = {
    repoIds: repos.map(({ id }) => id),
    name,
    search: bySubstring ? undefined : search,
    part: bySubstring ? search : undefined,
    state: states ?? undefined,
  };
  const look = { principal, repos, withLastDeployment: parameters.include_last_deployment === true };
  if (parameters.pagination === 'keyset') {
    if ((parameters.order_by ?? 'id') !== 'id' || (parameters.sort ?? 'asc') !== 'asc') return keysetUnavailable;
    const afterId = parameters.id_after ?? 0;
    const { environments, more } = await listEnvironmentsAfter(deps, filter, { afterId, perPage });
    const headers = keysetHeaders(address, { perPage, lastId: environments.at(-1)?.id, more });
    return ok(await showListed(deps, environments, look), headers);
  }
  const { environments, total, more } = await listEnvironments(deps, filter, { page, perPage });
  return ok(await showListed(deps, environments, look), pageHeaders(address, { page, perPage, total, more }));
}

export const keysetUnavailable = errorAnswer(405, 'Keyset pagination is not yet available for this type of request');

export const getEndpoint = projectEndpoint({
  method: 'GET',
  path: '/projects/:id/environments/:environment_id',
  summary: 'Get an environment with its last deployment',
  ability: 'environments:read',
  parameters: z.object({ id: requiredText, environment_id: requiredInteger }),
  reply: singleEnvironmentSchema,
  handle: async (deps, { repo, principal, parameters }) => {
    const environment = await findEnvironment(deps.db, repo.id, parameters.environment_id);
    return environment ? ok(await showSingle(deps, environment, { principal, repo })) : recordNotFound;
  },
});
