import { z } from 'zod';
import {
  type DeploymentFilter,
  type DeploymentOrder,
  deploymentStatuses,
  findDeployment,
  findEnvironmentByName,
  isFinished,
  listDeployments,
  listDeploymentsBeyond,
} from '../../environments/index.ts';
import type { Repo } from '../../repos/index.ts';
import { type Answer, badRequest, ok, recordNotFound } from './answer.ts';
import type { GitlabDeps } from './deps.ts';
import { projectEndpoint } from './endpoint.ts';
import { deploymentSchema, singleDeploymentSchema } from './entities/deployment-schemas.ts';
import { keysetUnavailable } from './environments.ts';
import { keysetHeaders, type ListAddress, pageHeaders } from './pagination.ts';
import {
  oneOf,
  optionalFilter,
  optionalInteger,
  optionalText,
  optionalTime,
  pageParameters,
  requiredInteger,
  requiredText,
} from './parameters.ts';
import { showDeployment, showDeployments } from './show-deployments.ts';

/** Deployments are made in the order of their ids, which these columns follow. */
const orders = {
  id: 'id',
  iid: 'id',
  created_at: 'id',
  updated_at: 'updated_at',
  finished_at: 'finished_at',
  ref: 'ref',
} as const satisfies Record<string, DeploymentOrder['by']>;
const orderNames = ['id', 'iid', 'created_at', 'updated_at', 'finished_at', 'ref'] as const;
const directions = ['asc', 'desc'] as const;

const listParameters = z.object({
  id: requiredText,
  ...pageParameters,
  order_by: oneOf(orderNames).transform((name) => name ?? 'id'),
  sort: oneOf(directions).transform((direction) => direction ?? 'asc'),
  updated_after: optionalTime,
  updated_before: optionalTime,
  finished_after: optionalTime,
  finished_before: optionalTime,
  environment: optionalFilter,
  status: oneOf(deploymentStatuses),
  pagination: optionalText,
  id_after: optionalInteger,
  id_before: optionalInteger,
});

type ListParameters = z.output<typeof listParameters>;

export const listDeploymentsEndpoint = projectEndpoint({
  method: 'GET',
  path: '/projects/:id/deployments',
  summary: 'List the deployments of a repository',
  ability: 'deployments:read',
  parameters: listParameters,
  reply: z.array(deploymentSchema),
  handle: async (deps, { repo, parameters, address }) => {
    const problem = combinationProblem(parameters);
    if (problem !== undefined) return badRequest(problem);
    const filter = await filterOf(deps, repo, parameters);
    const { order_by: by, sort } = parameters;
    // Links repeat the order, also when it was not asked for.
    const place = { url: address.url, raw: { order_by: by, sort, ...address.raw } };
    return parameters.pagination === 'keyset'
      ? answerByKeyset(deps, { repo, parameters, filter, place })
      : answerByPage(deps, { repo, parameters, filter, place });
  },
});

type ListRequest = {
  readonly repo: Repo;
  readonly parameters: ListParameters;
  /** `nothing` when the environment that is asked for does not exist. */
  readonly filter: DeploymentFilter | 'nothing';
  readonly place: ListAddress;
};

async function answerByPage(deps: GitlabDeps, { repo, parameters, filter, place }: ListRequest): Promise<Answer> {
  const { page, per_page: perPage, order_by: by, sort: direction } = parameters;
  if (filter === 'nothing') return ok([], pageHeaders(place, { page, perPage, total: 0, more: false }));
  const order = { by: orders[by], direction };
  const { deployments, total, more } = await listDeployments(deps, filter, { order, page, perPage });
  return ok(await showDeployments(deps, deployments, repo), pageHeaders(place, { page, perPage, total, more }));
}

async function answerByKeyset(deps: GitlabDeps, { repo, parameters, filter, place }: ListRequest): Promise<Answer> {
  const { per_page: perPage, order_by: by, sort: direction } = parameters;
  if (by !== 'id') return keysetUnavailable;
  if (filter === 'nothing') return ok([]);
  const beyondId = direction === 'asc' ? parameters.id_after : parameters.id_before;
  const { deployments, more } = await listDeploymentsBeyond(deps.db, filter, { direction, beyondId, perPage });
  const headers = keysetHeaders(place, { perPage, lastId: deployments.at(-1)?.id, more, direction });
  return ok(await showDeployments(deps, deployments, repo), headers);
}

async function filterOf({ db }: GitlabDeps, repo: Repo, parameters: ListParameters): Promise<ListRequest['filter']> {
  const { environment: name } = parameters;
  const environment = name === undefined ? undefined : await findEnvironmentByName(db, repo.id, name);
  if (name !== undefined && !environment) return 'nothing';
  return {
    repoId: repo.id,
    environmentId: environment?.id,
    status: parameters.status ?? undefined,
    updatedAfter: parameters.updated_after ?? undefined,
    updatedBefore: parameters.updated_before ?? undefined,
    finishedAfter: parameters.finished_after ?? undefined,
    finishedBefore: parameters.finished_before ?? undefined,
  };
}

/** Which filters and orders do not go together, in GitLab's words and order. */
function combinationProblem(parameters: ListParameters): string | undefined {
  const { order_by: by } = parameters;
  const byUpdate = parameters.updated_after !== null || parameters.updated_before !== null;
  const byFinish = parameters.finished_after !== null || parameters.finished_before !== null;
  if (byUpdate && byFinish) return 'Both `updated_at` filter and `finished_at` filter can not be specified';
  if (byUpdate && by !== 'updated_at') return '`updated_at` filter requires `updated_at` sort';
  if (byFinish && by !== 'finished_at') return '`finished_at` filter requires `finished_at` sort.';
  return by === 'finished_at' ? finishedSortProblem(parameters, byFinish) : undefined;
}

function finishedSortProblem({ status }: ListParameters, byFinish: boolean): string | undefined {
  if (byFinish && status !== 'success') return '`finished_at` filter must be combined with `success` status filter.';
  if (byFinish || (status && isFinished(status))) return undefined;
  return '`finished_at` sort requires `finished_at` filter or a filter with at least one of the finished statuses.';
}

export const getDeploymentEndpoint = projectEndpoint({
  method: 'GET',
  path: '/projects/:id/deployments/:deployment_id',
  summary: 'Get a deployment with what is said of it',
  ability: 'deployments:read',
  parameters: z.object({ id: requiredText, deployment_id: requiredInteger }),
  reply: singleDeploymentSchema,
  handle: async (deps, { repo, parameters }) => {
    const deployment = await findDeployment(deps.db, repo.id, parameters.deployment_id);
    return deployment ? ok(await showDeployment(deps, deployment, repo)) : recordNotFound;
  },
});
