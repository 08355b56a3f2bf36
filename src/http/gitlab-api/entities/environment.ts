import type { z } from 'zod';
import { can, type Principal } from '../../../access/index.ts';
import { type DeploymentDetails, type Environment, folderOf } from '../../../environments/index.ts';
import type { CommitInfo } from '../../../git/index.ts';
import type { Repo } from '../../../repos/index.ts';
import { renderJob } from './job.ts';
import { renderProject } from './project.ts';
import type { lastDeploymentSchema, listedEnvironmentSchema, singleEnvironmentSchema } from './schemas.ts';
import { isoTime, isoTimeOrNull } from './time.ts';
import { renderUserBasic } from './user.ts';

/** Who looks, at which repo, and by which address. */
export type View = { readonly repo: Repo; readonly principal: Principal; readonly baseUrl: string };

/** An environment in a list: with its project, without its last deployment. */
export function renderListedEnvironment(environment: Environment, view: View): z.infer<typeof listedEnvironmentSchema> {
  return {
    ...renderFields(environment, view),
    ...renderLegacyLogFields(environment, view.repo),
    project: renderProject(view.repo, view.baseUrl),
  };
}

/** An environment by itself: with its last deployment, without its project. */
export function renderSingleEnvironment(
  environment: Environment,
  last: { readonly deployment: DeploymentDetails; readonly commit: CommitInfo | null } | null,
  view: View,
): z.infer<typeof singleEnvironmentSchema> {
  return {
    ...renderFields(environment, view),
    ...renderLegacyLogFields(environment, view.repo),
    last_deployment: last && renderDeployment(last.deployment, last.commit, view),
  };
}

function renderFields(environment: Environment, { repo, principal }: View) {
  const { kubernetesNamespace, fluxResourcePath } = environment;
  const showsAgent = can(principal, 'agents:read', repo);
  return {
    id: environment.id,
    name: environment.name,
    slug: environment.slug,
    external_url: environment.externalUrl,
    created_at: isoTime(environment.createdAt),
    updated_at: isoTime(environment.updatedAt),
    tier: environment.tier,
    state: environment.state,
    auto_stop_at: isoTimeOrNull(environment.autoStopAt),
    description: environment.description,
    auto_stop_setting: environment.autoStopSetting,
    ...(showsAgent && kubernetesNamespace !== null ? { kubernetes_namespace: kubernetesNamespace } : {}),
    ...(showsAgent && fluxResourcePath !== null ? { flux_resource_path: fluxResourcePath } : {}),
    auto_delete_at: isoTimeOrNull(environment.autoDeleteAt),
    environment_type: folderOf(environment.name),
  };
}

function renderLegacyLogFields(environment: Environment, repo: Repo) {
  const path = `/${repo.fullName}/-/logs/k8s.json?environment_name=${encodeURIComponent(environment.name)}`;
  return { enable_advanced_logs_querying: false as const, logs_api_path: path };
}

function renderDeployment(
  deployment: DeploymentDetails,
  commit: CommitInfo | null,
  { repo, baseUrl }: View,
): z.infer<typeof lastDeploymentSchema> {
  const { user, cause } = deployment;
  return {
    id: deployment.id,
    iid: deployment.iid,
    ref: deployment.ref,
    sha: deployment.sha,
    created_at: isoTime(deployment.createdAt),
    updated_at: isoTime(deployment.updatedAt),
    user: user && renderUserBasic(user, baseUrl),
    deployable: cause && renderJob(deployment, cause, { repo, commit, baseUrl }),
    status: deployment.status,
  };
}
