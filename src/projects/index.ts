export { checkSelection, type SelectionRejection } from './check-selection.ts';
export { type Discovery, discoverProjects } from './discover-projects.ts';
export { type SelectedProjects, type SelectionRequest, selectProjects } from './select-projects.ts';
export { type TreeView, treeOf } from './tree.ts';
export * from './types.ts';
