export { buildHosts, type HostOrder } from './build-hosts.ts';
export { buildGithubAppSetup } from './github-app-setup.ts';
export { namedGroups } from './named-groups.ts';
