export * from './approvals.ts';
export {
  type ApprovalOrder,
  type ApprovalResult,
  approveDeployment,
} from './approve-deployment.ts';
export {
  type ChangeDeploymentResult,
  changeDeployment,
  type DeleteDeploymentResult,
  type DeploymentTarget,
  deleteDeployment,
} from './change-deployment.ts';
export { type DeploymentApprovals, deploymentApprovals } from './deployment-approvals.ts';
export {
  type DeploymentCause,
  type DeploymentDetails,
  deploymentDetails,
  lastDeployment,
  lastDeployments,
} from './deployment-details.ts';
export { isFinished } from './deployment-status.ts';
export { type DeploymentPage, listDeployments, listDeploymentsBeyond } from './list-deployments.ts';
export type { DeploymentFilter, DeploymentOrder } from './list-store.ts';
export {
  type DeploymentReport,
  type RecordResult,
  type ReportedStatus,
  recordDeployment,
  reportedStatuses,
} from './record-deployment.ts';
export { createRevisions, type Revisions } from './revisions.ts';
export { type ShippedPulls, shippedPulls } from './shipped-pulls.ts';
export { findDeployment } from './store.ts';
