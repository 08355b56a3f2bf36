import { type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { openDatabase } from '../../src/db/index.ts';
import {
  createHttpServer,
  type HttpDeps,
  type HttpServer,
  type HttpSettings,
  type Timeouts,
} from '../../src/http/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { onCleanup } from './cleanup.ts';

export type TestApp = { readonly app: HttpServer; readonly deps: HttpDeps };

const settings: HttpSettings = {
  version: '1.2.3',
  baseUrl: 'http://polder.test',
  apiSecret: 's3cret',
  executableName: 'atlantis',
  allowCommands: ['plan', 'apply'],
  webBasicAuth: false,
  webUsername: 'web-user',
  webPassword: 'web-password',
  locksRequireToken: false,
  disableRepoLocking: false,
  disableGlobalApplyLock: false,
  enableProfilingApi: false,
  sslCertFile: '',
  sslKeyFile: '',
};

/** The HTTP side over a new database in memory, closed when the test ends. `over` replaces parts of the app. */
export async function openTestApp(
  options: { settings?: Partial<HttpSettings>; over?: Partial<HttpDeps>; timeouts?: Timeouts } = {},
): Promise<TestApp> {
  const db = await openDatabase({ url: 'sqlite::memory:', log: silentLog() });
  onCleanup(() => db.close());
  const deps: HttpDeps = {
    db,
    log: silentLog(),
    now: Date.now,
    settings: { ...settings, ...options.settings },
    draining: () => false,
    ...options.over,
  };
  const app = await createHttpServer(deps, options.timeouts);
  onCleanup(() => app.close());
  return { app, deps };
}

/** Opens a port of its own for the app. */
export async function listenOn(app: HttpServer): Promise<{ port: number; url: string }> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('listening: no port');
  return { port: address.port, url: `http://127.0.0.1:${address.port}` };
}

/** One request with the path just as it is written, which URLs would clean up. */
export async function requestRaw(
  options: RequestOptions,
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', agent: false, ...options }, (reply) => {
      const { statusCode: status, headers } = reply;
      text(reply).then((body) => resolve({ status, headers, body }), reject);
    });
    sent.on('error', reject).end();
  });
}
