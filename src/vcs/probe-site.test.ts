import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { onCleanup } from '../../test/support/cleanup.ts';
import { silentLog } from '../lib/log.ts';
import { probeSite } from './probe-site.ts';

const now = () => Date.parse('2026-03-01T00:00:00Z');

async function serve(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanup(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const look = (url: string) => probeSite({ authorities: [], log: silentLog(), now }, url);

describe('probeSite', () => {
  it('tells the status and what is in the reply', async () => {
    const url = await serve(
      createServer((_, reply) => reply.writeHead(404, { date: new Date(now()).toUTCString() }).end('no')),
    );
    expect(await look(`${url}/healthz`)).toEqual({
      kind: 'answered',
      status: 404,
      body: 'no',
      findings: [
        { level: 'ok', about: 'connection', text: `${url} answers`, remedy: null },
        { level: 'ok', about: 'clock', text: "agrees with this machine's within 1 s", remedy: null },
      ],
    });
  });

  it('asks a server that ends connections, or has trouble, once', async () => {
    let asked = 0;
    const silent = await serve(
      createServer((request) => {
        asked += 1;
        request.socket.destroy();
      }),
    );
    expect(await look(silent)).toMatchObject({ kind: 'unreachable', finding: { about: 'connection' } });
    const troubled = await serve(
      createServer((_, reply) => {
        asked += 1;
        reply.writeHead(503).end();
      }),
    );
    expect(await look(troubled)).toMatchObject({ kind: 'answered', status: 503 });
    expect(asked).toBe(2);
  });
});
