import type { Principal } from '../../access/index.ts';
import { type Environment, findAgents, lastDeployments } from '../../environments/index.ts';
import type { Repo } from '../../repos/index.ts';
import type { GitlabDeps } from './deps.ts';
import {
  renderEnvironment,
  renderListedEnvironment,
  renderSingleEnvironment,
  type ShownDeployment,
  type ShownEnvironment,
} from './entities/environment.ts';
import { renderProject } from './entities/project.ts';

type Deps = Pick<GitlabDeps, 'db' | 'settings' | 'readCommits'>;

type Look = { readonly principal: Principal; readonly repos: readonly Repo[] };

/** Environments of any of the repos as a list shows them, in a fixed number of queries. */
export async function showListed(
  deps: Deps,
  environments: readonly Environment[],
  look: Look & { readonly withLastDeployment: boolean },
) {
  const shown = await withAgents(deps, environments);
  const last = look.withLastDeployment ? await withCommits(deps, environments, look.repos) : undefined;
  const shownRepos = new Set(environments.map(({ repoId }) => repoId));
  const views = new Map(
    look.repos
      .filter(({ id }) => shownRepos.has(id))
      .map((repo) => [
        repo.id,
        { view: viewOf(deps, look, repo), project: renderProject(repo, deps.settings.baseUrl) },
      ]),
  );
  return shown.flatMap((each) => {
    const of = views.get(each.environment.repoId);
    if (!of) return [];
    const deployment = last && { last: last.get(each.environment.lastDeploymentId ?? 0) ?? null };
    return [renderListedEnvironment({ ...each, ...deployment }, of.view, of.project)];
  });
}

/** An environment as an answer to a change of it shows it. */
export async function showChanged(deps: Deps, environment: Environment, look: { principal: Principal; repo: Repo }) {
  const [shown = { environment, agent: null }] = await withAgents(deps, [environment]);
  return renderEnvironment(shown, viewOf(deps, look, look.repo));
}

/** An environment by itself, with its last deployment. */
export async function showSingle(deps: Deps, environment: Environment, look: { principal: Principal; repo: Repo }) {
  const [shown = { environment, agent: null }] = await withAgents(deps, [environment]);
  const last = await withCommits(deps, [environment], [look.repo]);
  const deployment = last.get(environment.lastDeploymentId ?? 0) ?? null;
  return renderSingleEnvironment({ ...shown, last: deployment }, viewOf(deps, look, look.repo));
}

function viewOf({ settings }: Deps, { principal }: { principal: Principal }, repo: Repo) {
  return { repo, principal, baseUrl: settings.baseUrl };
}

async function withAgents({ db }: Deps, environments: readonly Environment[]): Promise<ShownEnvironment[]> {
  const agents = await findAgents(
    db,
    environments.flatMap(({ clusterAgentId }) => clusterAgentId ?? []),
  );
  return environments.map((environment) => ({
    environment,
    agent: agents.get(environment.clusterAgentId ?? 0) ?? null,
  }));
}

/** The last deployments of environments, by the deployment's id. */
async function withCommits(
  { db, readCommits }: Deps,
  environments: readonly Environment[],
  repos: readonly Repo[],
): Promise<Map<number, ShownDeployment>> {
  const deployments = [...(await lastDeployments(db, environments)).values()];
  const shown = new Map<number, ShownDeployment>();
  for (const repo of repos) {
    const own = deployments.filter(({ repoId }) => repoId === repo.id);
    const shas = own.filter(({ cause }) => cause !== null).map(({ sha }) => sha);
    const commits = shas.length > 0 ? await readCommits(repo, shas) : undefined;
    for (const deployment of own) {
      const commit = deployment.cause && (commits?.get(deployment.sha) ?? null);
      shown.set(deployment.id, { deployment, commit });
    }
  }
  return shown;
}
