export { checkSelection, type SelectionRejection } from './check-selection.ts';
export type { CommitLook } from './commit-look.ts';
export { matchesDir } from './configured-projects.ts';
export { type LoadedConfig, loadConfig, loadTree } from './load-config.ts';
export { type LookedAt, lookIntoCommit } from './look-into-commit.ts';
export {
  type PullSelection,
  type PullSelectionRequest,
  type PullSelectionTarget,
  selectForPull,
} from './select-for-pull.ts';
export { type SelectedProjects, type SelectionRequest, selectProjects } from './select-projects.ts';
export { selectsProject } from './selects-project.ts';
export { type TreeView, treeOf } from './tree.ts';
export * from './types.ts';
