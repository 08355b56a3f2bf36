import { type Deployment, deploymentApprovals, deploymentDetails, findEnvironments } from '../../environments/index.ts';
import type { Repo } from '../../repos/index.ts';
import type { GitlabDeps } from './deps.ts';
import { renderDeployment, renderSingleDeployment } from './entities/deployment.ts';

type Deps = Pick<GitlabDeps, 'db' | 'settings' | 'readCommits'>;

/** Deployments of one repo as a list shows them, in a fixed number of queries. */
export async function showDeployments(deps: Deps, deployments: readonly Deployment[], repo: Repo) {
  const shown = await withSurroundings(deps, deployments, repo);
  return shown.map((each) => renderDeployment(each, { repo, baseUrl: deps.settings.baseUrl }));
}

/** A deployment by itself. */
export async function showDeployment(deps: Deps, deployment: Deployment, repo: Repo) {
  const [shown] = await withSurroundings(deps, [deployment], repo);
  if (!shown) throw new Error(`the environment of deployment ${deployment.id} is gone`);
  const approvals = await deploymentApprovals(deps.db, repo, deployment);
  return renderSingleDeployment(shown, approvals, { repo, baseUrl: deps.settings.baseUrl });
}

async function withSurroundings(deps: Deps, deployments: readonly Deployment[], repo: Repo) {
  const details = await deploymentDetails(deps.db, deployments);
  const ids = deployments.map(({ environmentId }) => environmentId);
  const environments = new Map((await findEnvironments(deps.db, [...new Set(ids)])).map((each) => [each.id, each]));
  const shas = details.filter(({ cause }) => cause !== null).map(({ sha }) => sha);
  const commits = shas.length > 0 ? await deps.readCommits(repo, shas) : undefined;
  return details.flatMap((deployment) => {
    const environment = environments.get(deployment.environmentId);
    const commit = deployment.cause && (commits?.get(deployment.sha) ?? null);
    return environment ? [{ deployment, environment, commit }] : [];
  });
}
