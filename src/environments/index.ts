export {
  type DeploymentCause,
  type DeploymentDetails,
  deploymentDetails,
  lastDeployment,
  lastDeployments,
} from './deployments/deployment-details.ts';
export {
  countLimit,
  type EnvironmentPage,
  listEnvironments,
  listEnvironmentsAfter,
} from './list-environments.ts';
export type { EnvironmentFilter } from './list-store.ts';
export { folderOf } from './names.ts';
export { onRunEvent } from './on-run-event.ts';
export { mayDeploy } from './protection/admits.ts';
export { type Coverage, mayDeployTo, readCoverage } from './protection/coverage.ts';
export {
  type ChangeProtectionResult,
  changeProtection,
  type ProtectionTarget,
  type ProtectResult,
  protectEnvironment,
  unprotectEnvironment,
} from './protection/protect-environment.ts';
export type { NewRuleOrder, RuleChange } from './protection/rule-changes.ts';
export { countProtections, findProtection, listProtections } from './protection/store.ts';
export * from './protection/types.ts';
export { findById as findEnvironment } from './store.ts';
export * from './types.ts';
