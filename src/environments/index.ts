export type { Attributes, Problems } from './attributes.ts';
export { type ChangeKind, type LoggedChange, listChanges } from './change-log.ts';
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
export { deploymentRequirement } from './deployment-requirement.ts';
export * from './deployments/index.ts';
export { endStopAction, type StopActionEnd } from './end-stop-action.ts';
export * from './freezes/index.ts';
export {
  countLimit,
  type EnvironmentPage,
  type ListDeps,
  listEnvironments,
  listEnvironmentsAfter,
} from './list-environments.ts';
export type { EnvironmentFilter } from './list-store.ts';
export { folderOf } from './names.ts';
export { onRunEvent } from './on-run-event.ts';
export { type OverLimit, rememberOverLimit } from './over-limit.ts';
export { type Lifetime, parseLifetime } from './parse-lifetime.ts';
export * from './protection/index.ts';
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
export {
  findById as findEnvironment,
  findByIds as findEnvironments,
  findByName as findEnvironmentByName,
} from './store.ts';
export { fireDue, startTimers } from './timers.ts';
export * from './types.ts';
export { type UpdateResult, updateEnvironment } from './update-environment.ts';
