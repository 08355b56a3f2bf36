export * from './capabilities.ts';
export { createHostFetch, type HostFetch, type HostFetchOptions, isPassingFailure } from './host-fetch.ts';
export { createHosts, type Hosts } from './hosts.ts';
export * from './pull-host.ts';
export { trustedAuthorities } from './trusted-authorities.ts';
export * from './types.ts';
export * from './webhooks.ts';
