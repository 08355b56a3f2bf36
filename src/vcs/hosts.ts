import { PolderError } from '../lib/errors.ts';
import type { HostType, VcsHost } from './types.ts';

/** The hosts this server is configured for. */
export type Hosts = {
  readonly all: readonly VcsHost[];
  /** Undefined for a type that this server is not configured for. */
  byType(type: HostType): VcsHost | undefined;
  /** By the first part of a repo's identity, whatever its case. */
  byHostname(hostname: string): VcsHost | undefined;
};

/** Throws `option_invalid` when two hosts could not be told apart. */
export function createHosts(all: readonly VcsHost[]): Hosts {
  const byType = new Map(all.map((host) => [host.type, host]));
  const byHostname = new Map(all.map((host) => [host.hostname.toLowerCase(), host]));
  if (byType.size < all.length || byHostname.size < all.length) {
    const names = all.map((host) => `${host.type} ${host.hostname}`).join(', ');
    throw new PolderError('option_invalid', `configuring hosts: two have one type or one host name: ${names}`);
  }
  return {
    all,
    byType: (type) => byType.get(type),
    byHostname: (hostname) => byHostname.get(hostname.toLowerCase()),
  };
}
