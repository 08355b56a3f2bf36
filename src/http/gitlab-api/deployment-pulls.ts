import { z } from 'zod';
import { type Deployment, findDeployment, shippedPulls } from '../../environments/index.ts';
import type { Repo } from '../../repos/index.ts';
import type { Pull } from '../../vcs/index.ts';
import { ok, recordNotFound } from './answer.ts';
import type { GitlabDeps } from './deps.ts';
import { projectEndpoint } from './endpoint.ts';
import { renderMergeRequest } from './entities/deployment.ts';
import { mergeRequestSchema } from './entities/deployment-schemas.ts';
import { pageHeaders } from './pagination.ts';
import { oneOf, pageParameters, requiredInteger, requiredText } from './parameters.ts';

/** Each is asked of the host by itself. */
const mostPulls = 50;
const atOnce = 5;

/** https://docs.gitlab.com/api/deployments/#list-all-merge-requests-associated-with-a-deployment */
export const listMergeRequestsEndpoint = projectEndpoint({
  method: 'GET',
  path: '/projects/:id/deployments/:deployment_id/merge_requests',
  summary: 'List the pull requests that a deployment brought',
  ability: 'deployments:read',
  parameters: z.object({
    id: requiredText,
    deployment_id: requiredInteger,
    ...pageParameters,
    state: oneOf(['opened', 'closed', 'locked', 'merged', 'all']),
  }),
  reply: z.array(mergeRequestSchema),
  handle: async (deps, { repo, parameters, address }) => {
    const deployment = await findDeployment(deps.db, repo.id, parameters.deployment_id);
    if (!deployment) return recordNotFound;
    const { page, per_page: perPage, state } = parameters;
    const pulls = await pullsOf(deps, deployment, repo);
    const shown = pulls
      .map((pull) => renderMergeRequest(pull, repo))
      .filter((request) => (state ?? 'all') === 'all' || request.state === state);
    const headers = pageHeaders(address, { page, perPage, total: shown.length, more: page * perPage < shown.length });
    return ok(shown.slice((page - 1) * perPage, page * perPage), headers);
  },
});

/** The pull request of the apply, and those that were merged since the success before it. */
async function pullsOf(deps: GitlabDeps, deployment: Deployment, repo: Repo): Promise<Pull[]> {
  const host = deps.hosts.byHostname(repo.host)?.pulls;
  if (!host) return [];
  const { own, merged } = await shippedPulls(deps, repo, deployment);
  const getPull = (number: number) => host.getPull({ fullName: repo.fullName, number });
  const ownPull = own === null ? undefined : await getPull(own);
  const pulls: Pull[] = ownPull ? [ownPull] : [];
  const asked = merged.slice(0, mostPulls);
  for (let from = 0; from < asked.length; from += atOnce) {
    const found = await Promise.all(asked.slice(from, from + atOnce).map(getPull));
    pulls.push(...found.flatMap((pull) => (pull?.merged ? [pull] : [])));
  }
  return pulls;
}
