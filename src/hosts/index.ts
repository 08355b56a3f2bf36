export { buildHosts, type HostOrder } from './build-hosts.ts';
export { namedGroups } from './named-groups.ts';
