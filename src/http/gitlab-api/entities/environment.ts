import type { z } from 'zod';
import { can, type Principal } from '../../../access/index.ts';
import type { ClusterAgent, DeploymentDetails, Environment } from '../../../environments/index.ts';
import type { CommitInfo } from '../../../git/index.ts';
import type { Repo } from '../../../repos/index.ts';
import { renderClusterAgent } from './cluster-agent.ts';
import { renderJob } from './job.ts';
import { renderProject } from './project.ts';
import type {
  environmentBasicSchema,
  environmentSchema,
  lastDeploymentSchema,
  listedEnvironmentSchema,
  projectSchema,
  singleEnvironmentSchema,
} from './schemas.ts';
import { isoTime, isoTimeOrNull } from './time.ts';
import { renderUserBasic } from './user.ts';

/** Who looks, at which repo, and by which address. */
export type View = { readonly repo: Repo; readonly principal: Principal; readonly baseUrl: string };

/** An environment with what is shown beside it. */
export type ShownEnvironment = {
  readonly environment: Environment;
  /** Its cluster agent; null when it has none, or the principal may not see it. */
  readonly agent: ClusterAgent | null;
};

export type ShownDeployment = { readonly deployment: DeploymentDetails; readonly commit: CommitInfo | null };

/** What is shown of an environment within something else. */
export function renderEnvironmentBasic(environment: Environment): z.infer<typeof environmentBasicSchema> {
  return {
    id: environment.id,
    name: environment.name,
    slug: environment.slug,
    external_url: environment.externalUrl,
    created_at: isoTime(environment.createdAt),
    updated_at: isoTime(environment.updatedAt),
  };
}

/*
 * Lists are made of these, so that they are assigned together: V8 spreads objects of this size into a literal ten times
 * slower than it assigns to one.
 */

/** An environment that was just changed: with its project. */
export function renderEnvironment(shown: ShownEnvironment, view: View): z.infer<typeof environmentSchema> {
  return Object.assign(renderFields(shown, view), { project: renderProject(view.repo, view.baseUrl) });
}

/**
 * An environment in a list: with its project, which the others of its repo share, and with its last deployment when that
 * was asked for.
 */
export function renderListedEnvironment(
  shown: ShownEnvironment & { readonly last?: ShownDeployment | null },
  view: View,
  project: z.infer<typeof projectSchema>,
): z.infer<typeof listedEnvironmentSchema> {
  const legacy = renderLegacyLogFields(shown.environment, view.repo);
  const rendered = Object.assign(renderFields(shown, view), { project }, legacy);
  if (shown.last === undefined) return rendered;
  return Object.assign(rendered, { last_deployment: shown.last && renderLastDeployment(shown.last, view) });
}

/** An environment by itself: with its last deployment, without its project. */
export function renderSingleEnvironment(
  shown: ShownEnvironment & { readonly last: ShownDeployment | null },
  view: View,
): z.infer<typeof singleEnvironmentSchema> {
  return Object.assign(renderFields(shown, view), renderLegacyLogFields(shown.environment, view.repo), {
    last_deployment: shown.last && renderLastDeployment(shown.last, view),
  });
}

function renderFields({ environment, agent }: ShownEnvironment, view: View) {
  const own = {
    tier: environment.tier,
    state: environment.state,
    auto_stop_at: isoTimeOrNull(environment.autoStopAt),
    description: environment.description,
    auto_stop_setting: environment.autoStopSetting,
    auto_delete_at: isoTimeOrNull(environment.autoDeleteAt),
    environment_type: environment.folder,
    stopping_reason: environment.stoppingReason,
    stopping_until: isoTimeOrNull(environment.stoppingUntil),
  };
  return Object.assign(renderEnvironmentBasic(environment), own, renderCluster({ environment, agent }, view));
}

/** Those who may not see agents do not see the keys. Without an agent only what has a value is shown. */
function renderCluster({ environment, agent }: ShownEnvironment, { repo, principal }: View) {
  const { kubernetesNamespace, fluxResourcePath } = environment;
  const isEmpty = !agent && kubernetesNamespace === null && fluxResourcePath === null;
  if (isEmpty || !can(principal, 'agents:read', repo)) return {};
  return {
    ...(agent ? { cluster_agent: renderClusterAgent(agent, repo) } : {}),
    ...(agent || kubernetesNamespace !== null ? { kubernetes_namespace: kubernetesNamespace } : {}),
    ...(agent || fluxResourcePath !== null ? { flux_resource_path: fluxResourcePath } : {}),
  };
}

function renderLegacyLogFields(environment: Environment, repo: Repo) {
  const path = `/${repo.fullName}/-/logs/k8s.json?environment_name=${encodeURIComponent(environment.name)}`;
  return { enable_advanced_logs_querying: false as const, logs_api_path: path };
}

/** A deployment without its environment, which is known where it is shown. */
export function renderLastDeployment(
  { deployment, commit }: ShownDeployment,
  { repo, baseUrl }: Omit<View, 'principal'>,
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
