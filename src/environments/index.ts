export {
  type DeploymentCause,
  type DeploymentDetails,
  deploymentDetails,
  lastDeployment,
  lastDeployments,
} from './deployments.ts';
export {
  countLimit,
  type EnvironmentPage,
  listEnvironments,
  listEnvironmentsAfter,
} from './list-environments.ts';
export type { EnvironmentFilter } from './list-store.ts';
export { folderOf } from './names.ts';
export { onRunEvent } from './on-run-event.ts';
export { findById as findEnvironment } from './store.ts';
export * from './types.ts';
