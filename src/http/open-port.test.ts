import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { onCleanup } from '../../test/support/cleanup.ts';
import { openPort } from './open-port.ts';

type Http = Parameters<typeof openPort>[0];

/** Listens like a machine that says `code` to IPv6 addresses, and names what it was asked for. */
function kernel(code?: string) {
  const asked: string[] = [];
  const http: Http = {
    listen: async ({ host }) => {
      asked.push(host);
      if (code !== undefined && host.includes(':')) throw Object.assign(new Error(code), { code });
    },
  };
  return { asked, http };
}

describe('openPort', () => {
  it('listens on all addresses of both kinds', async () => {
    const { asked, http } = kernel();
    await openPort(http, { host: '', port: 4141 });
    expect(asked).toEqual(['::']);
  });

  it.each(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])('listens on those of IPv4 where there is no IPv6: %s', async (code) => {
    const { asked, http } = kernel(code);
    await openPort(http, { host: '', port: 4141 });
    expect(asked).toEqual(['::', '0.0.0.0']);
  });

  it('listens on no other address than the one that is asked for', async () => {
    const { http } = kernel('EADDRNOTAVAIL');
    await expect(openPort(http, { host: '::1', port: 4141 })).rejects.toThrow('EADDRNOTAVAIL');
  });

  it('does not try again when the port is taken', async () => {
    const { asked, http } = kernel('EADDRINUSE');
    await expect(openPort(http, { host: '', port: 4141 })).rejects.toThrow('EADDRINUSE');
    expect(asked).toEqual(['::']);
  });

  it('listens after an address that there is not', async () => {
    const app = Fastify();
    onCleanup(() => app.close());
    const hosts: Readonly<Record<string, string>> = { '::': '2001:db8::1', '0.0.0.0': '127.0.0.1' };
    const http: Http = { listen: ({ host }) => app.listen({ port: 0, host: hosts[host] ?? host }) };
    await openPort(http, { host: '', port: 0 });
    expect(app.server.address()).toMatchObject({ address: '127.0.0.1' });
  });
});
