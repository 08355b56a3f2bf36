export { createHosts, type Hosts } from './hosts.ts';
export * from './types.ts';
