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
  /** The first part of a name with several; null when there is one part. */
  readonly folder: string | null;
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
  /** How long after a successful deployment it is stopped; null when `autoStopAt` stands by itself. Milliseconds. */
  readonly autoStopIn: number | null;
  readonly autoStopSetting: AutoStopSetting;
  /** When a stopped environment is deleted. */
  readonly autoDeleteAt: number | null;
  /** When the timer stops it, and why; only of an available one. After a stop went wrong it lies behind `autoStopAt`. */
  readonly stopDueAt: number | null;
  readonly stopCause: string | null;
  /** Stops in a row that went wrong. */
  readonly stopFailures: number;
  /** Counts its stops. */
  readonly stopRound: number;
  /** Why it is being stopped, and when that has taken too long; only of a stopping one. */
  readonly stoppingReason: string | null;
  readonly stoppingUntil: number | null;
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
