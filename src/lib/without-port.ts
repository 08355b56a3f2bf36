/** The host of `host:port`, as Atlantis names hosts in its rules; what has no port stays as it is. */
export function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}
