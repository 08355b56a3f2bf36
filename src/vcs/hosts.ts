import type { HostType, VcsHost } from './types.ts';

/** The hosts that this server is configured for. */
export type Hosts = {
  byType(type: HostType): VcsHost | undefined;
  byHostname(hostname: string): VcsHost | undefined;
};

/** Puts hosts together. Two of one type or hostname cannot be told apart: the first is meant. */
export function createHosts(hosts: readonly VcsHost[]): Hosts {
  return {
    byType: (type) => hosts.find((host) => host.type === type),
    byHostname: (hostname) => hosts.find((host) => host.hostname === hostname),
  };
}
