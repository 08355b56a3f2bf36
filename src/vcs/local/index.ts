export { pullUrl } from './current-pull.ts';
export { type LocalHostOptions, localHost } from './local-host.ts';
export { type Opening, type OpeningOrder, openLocalPull } from './open-pull.ts';
export {
  type Approval,
  approveLocalPull,
  closeLocalPull,
  commentOnLocalPull,
  mergeForPerson,
  type PullChanged,
  readyLocalPull,
  takeBackApproval,
} from './pull-actions.ts';
export { type LocalPullDetails, listLocalComments, listLocalPulls, readLocalPull } from './read-pulls.ts';
export type { PullFilter } from './store.ts';
export {
  type DeliverEvent,
  type LocalComment,
  type LocalPull,
  type LocalPullDeps,
  localLogin,
  localPullStates,
  type PullRefusal,
} from './types.ts';
export { createPullWatch, type WatchDeps, watchLocalPulls } from './watch-pulls.ts';
