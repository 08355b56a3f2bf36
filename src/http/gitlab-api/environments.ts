import { z } from 'zod';
import {
  type EnvironmentFilter,
  environmentStates,
  findEnvironment,
  lastDeployment,
  listEnvironments,
  listEnvironmentsAfter,
} from '../../environments/index.ts';
import { badRequest, errorAnswer, ok, recordNotFound } from './answer.ts';
import { projectEndpoint } from './endpoint.ts';
import { renderListedEnvironment, renderSingleEnvironment } from './entities/environment.ts';
import { listedEnvironmentSchema, singleEnvironmentSchema } from './entities/schemas.ts';
import { keysetHeaders, pageHeaders } from './pagination.ts';
import {
  oneOf,
  optionalFilter,
  optionalInteger,
  optionalText,
  pageParameters,
  requiredInteger,
  requiredText,
} from './parameters.ts';

const shortestSearch = 3;

export const listEndpoint = projectEndpoint({
  method: 'GET',
  path: '/projects/:id/environments',
  summary: 'List the environments of a repository',
  ability: 'environments:read',
  parameters: z.object({
    id: requiredText,
    ...pageParameters,
    name: optionalFilter,
    search: optionalFilter,
    states: oneOf(environmentStates),
    pagination: optionalText,
    order_by: optionalText,
    sort: optionalText,
    id_after: optionalInteger,
  }),
  exclusive: { names: ['name', 'search'], error: 'cannot be used together' },
  reply: z.array(listedEnvironmentSchema),
  handle: async ({ db, settings }, { repo, principal, parameters, address }) => {
    const { name, search, states, page, per_page: perPage } = parameters;
    if (search !== undefined && Array.from(search).length < shortestSearch) {
      return badRequest(`Search query is less than ${shortestSearch} characters`);
    }
    const filter: EnvironmentFilter = { repoId: repo.id, name, search, state: states ?? undefined };
    const view = { repo, principal, baseUrl: settings.baseUrl };
    if (parameters.pagination === 'keyset') {
      if ((parameters.order_by ?? 'id') !== 'id' || (parameters.sort ?? 'asc') !== 'asc') return keysetUnavailable;
      const afterId = parameters.id_after ?? 0;
      const { environments, more } = await listEnvironmentsAfter(db, filter, { afterId, perPage });
      const headers = keysetHeaders(address, { perPage, lastId: environments.at(-1)?.id, more });
      return ok(
        environments.map((environment) => renderListedEnvironment(environment, view)),
        headers,
      );
    }
    const { environments, total, more } = await listEnvironments(db, filter, { page, perPage });
    const headers = pageHeaders(address, { page, perPage, total, more });
    return ok(
      environments.map((environment) => renderListedEnvironment(environment, view)),
      headers,
    );
  },
});

const keysetUnavailable = errorAnswer(405, 'Keyset pagination is not yet available for this type of request');

export const getEndpoint = projectEndpoint({
  method: 'GET',
  path: '/projects/:id/environments/:environment_id',
  summary: 'Get an environment with its last deployment',
  ability: 'environments:read',
  parameters: z.object({ id: requiredText, environment_id: requiredInteger }),
  reply: singleEnvironmentSchema,
  handle: async ({ db, settings, readCommits }, { repo, principal, parameters }) => {
    const environment = await findEnvironment(db, repo.id, parameters.environment_id);
    if (!environment) return recordNotFound;
    const deployment = await lastDeployment(db, environment);
    const commits = deployment?.cause ? await readCommits(repo, [deployment.sha]) : undefined;
    const last = deployment ? { deployment, commit: commits?.get(deployment.sha) ?? null } : null;
    return ok(renderSingleEnvironment(environment, last, { repo, principal, baseUrl: settings.baseUrl }));
  },
});
