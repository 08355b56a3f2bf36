export * from './capabilities.ts';
export { createHosts, type Hosts } from './hosts.ts';
export * from './pull-host.ts';
export * from './types.ts';
export * from './webhooks.ts';
