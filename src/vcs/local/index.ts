export { type LocalHostOptions, localHost } from './local-host.ts';
export type { DeliverEvent, LocalPullDeps } from './types.ts';
