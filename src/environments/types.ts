/** Times: milliseconds since the epoch. */

export const environmentStates = ['available', 'stopping', 'stopped'] as const;
export type EnvironmentState = (typeof environmentStates)[number];

export const environmentTiers = ['production', 'staging', 'testing', 'development', 'other'] as const;
export type EnvironmentTier = (typeof environmentTiers)[number];

export const autoStopSettings = ['always', 'with_action'] as const;
export type AutoStopSetting = (typeof autoStopSettings)[number];

export const deploymentStatuses = [
  'created',
  'running',
  'success',
  'failed',
  'canceled',
  'skipped',
  'blocked',
] as const;
export type DeploymentStatus = (typeof deploymentStatuses)[number];

/** The project an environment belongs to, within its repo. */
export type OwningProject = {
  /** Empty when the project has none. */
  readonly name: string;
  /** Relative to the root of the repo; `.` for the root. */
  readonly dir: string;
  readonly workspace: string;
};

/** A place that something is deployed to. Its name and slug never change. */
export type Environment = {
  /** Unique over the server, never reused. */
  readonly id: number;
  readonly repoId: number;
  readonly name: string;
  readonly slug: string;
  readonly tier: EnvironmentTier;
  readonly state: EnvironmentState;
  /** Null when it was made over the API and no project has taken it. */
  readonly project: OwningProject | null;
  readonly externalUrl: string | null;
  readonly description: string | null;
  readonly clusterAgentId: number | null;
  readonly kubernetesNamespace: string | null;
  readonly fluxResourcePath: string | null;
  readonly autoStopAt: number | null;
  readonly autoStopSetting: AutoStopSetting;
  readonly autoDeleteAt: number | null;
  /** The successful deployment that finished last. */
  readonly lastDeploymentId: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** One apply of a project, or one deployment reported over the API. */
export type Deployment = {
  /** Unique over the server, never reused. */
  readonly id: number;
  /** Counts the deployments of the repo, from 1. */
  readonly iid: number;
  readonly repoId: number;
  readonly environmentId: number;
  readonly status: DeploymentStatus;
  /** Branch or tag, without `refs/heads/` or `refs/tags/`; a commit where the run was asked for one. */
  readonly ref: string;
  readonly tag: boolean;
  readonly sha: string;
  readonly userId: number | null;
  /** The run and job that deploy; null when it was reported over the API. */
  readonly runId: number | null;
  readonly jobId: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly finishedAt: number | null;
};
