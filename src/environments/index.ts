export type { Attributes, Problems } from './attributes.ts';
export {
  type ClusterAgent,
  countAgents,
  findAgent,
  findAgents,
  selectAgents as listAgents,
} from './cluster-agent-store.ts';
export { type RegisterResult, registerAgent, unregisterAgent } from './cluster-agents.ts';
export { type CreateResult, createEnvironment } from './create-environment.ts';
export { type DeleteResult, deleteEnvironment } from './delete-environment.ts';
export {
  type DeploymentCause,
  type DeploymentDetails,
  deploymentDetails,
  lastDeployment,
  lastDeployments,
} from './deployments/deployment-details.ts';
export { endStopAction, type StopActionEnd } from './end-stop-action.ts';
export {
  countLimit,
  type EnvironmentPage,
  listEnvironments,
  listEnvironmentsAfter,
} from './list-environments.ts';
export type { EnvironmentFilter } from './list-store.ts';
export { folderOf } from './names.ts';
export { onRunEvent } from './on-run-event.ts';
export { type Lifetime, parseLifetime } from './parse-lifetime.ts';
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
export { type ScheduleResult, scheduleDeletions } from './schedule-deletions.ts';
export {
  type FoundActions,
  noStopActions,
  type StopAction,
  type StopActionOrder,
  type StopActions,
} from './stop-actions.ts';
export { type StopResult, stopEnvironment } from './stop-environment.ts';
export { type StaleTally, stopStale } from './stop-stale.ts';
export { findById as findEnvironment } from './store.ts';
export { startTimers } from './timers.ts';
export * from './types.ts';
export { type UpdateResult, updateEnvironment } from './update-environment.ts';
