import { BlockList, isIP, isIPv6 } from 'node:net';
import { PolderError } from '../lib/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The address of the proxy through which an origin is asked; null: none. Reads `HTTPS_PROXY` for https and `HTTP_PROXY`
 * for http, neither instead of the other, and `NO_PROXY`, as Go's programs do, Atlantis among them: names of hosts, which
 * stand for what is below them too, addresses, and ranges of these such as `10.0.0.0/8`, each but a range with a port if
 * need be. This machine itself is always asked directly. Throws `host_refused` for what is no address of a proxy.
 * https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function proxyFor(origin: string, env: Environment): string | null {
  const url = new URL(origin);
  const variable = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const written = variableOf(env, variable).trim();
  const target = { host: bare(url.hostname), port: url.port || (url.protocol === 'https:' ? '443' : '80') };
  if (written === '' || isThisMachine(target.host) || isExempt(target, variableOf(env, 'NO_PROXY'))) return null;
  const address = written.includes('://') ? written : `http://${written}`;
  if (URL.canParse(address)) return address;
  // It may hold a password, so that it is not repeated.
  throw new PolderError('host_refused', `asking ${origin}: ${variable} is no address of a proxy`);
}

function variableOf(env: Environment, name: string): string {
  return env[name] || env[name.toLowerCase()] || '';
}

type Target = { readonly host: string; readonly port: string };

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

function isThisMachine(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && loopback.check(host, familyOf(host)));
}

function isExempt(target: Target, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => entry === '*' || (entry !== '' && covers(entry, target)));
}

function covers(entry: string, { host, port }: Target): boolean {
  if (entry.includes('/')) return isInRange(host, entry);
  const [, name = entry, wantedPort] = isIPv6(entry) ? [] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
  if (wantedPort !== undefined && wantedPort !== port) return false;
  if (isIP(host) !== 0) return isSameAddress(host, bare(name));
  const below = name.replace(/^\*(?=\.)/, '');
  return below.startsWith('.') ? host.endsWith(below) : host === below || host.endsWith(`.${below}`);
}

function isInRange(host: string, range: string): boolean {
  const [net = '', bits = ''] = range.split('/');
  const isValid = isIP(net) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv6(net) ? 128 : 32);
  if (isIP(host) === 0 || !isValid) return false;
  const block = new BlockList();
  block.addSubnet(net, Number(bits), familyOf(net));
  return block.check(host, familyOf(host));
}

function isSameAddress(host: string, other: string): boolean {
  if (isIP(other) === 0) return false;
  const block = new BlockList();
  block.addAddress(other, familyOf(other));
  return block.check(host, familyOf(host));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

/** An address of IPv6 without its brackets. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}
