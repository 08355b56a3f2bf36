import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Log } from '../lib/log.ts';
import { reloadingCertificate } from './tls.ts';

export type ListenerSettings = {
  /** Both set: the server speaks HTTPS. */
  readonly sslCertFile: string;
  readonly sslKeyFile: string;
};

/** How long clients may take, in milliseconds. */
export type Timeouts = {
  /** From the first byte of a request to the end of its headers. */
  readonly headers: number;
  /** From the first byte of a request to the end of its body. */
  readonly request: number;
  /** Without a byte in either direction; lifted by routes whose answer takes as long as a run. */
  readonly idle: number;
  /** Between two requests on one connection. */
  readonly keepAlive: number;
  /** Silence after which a stream that follows a log sends a comment: proxies tend to close after a minute. */
  readonly heartbeat: number;
  /** How often connections are looked at, so the first two are exact to this. */
  readonly check: number;
};

export const defaultTimeouts: Timeouts = {
  headers: 10_000,
  request: 60_000,
  idle: 120_000,
  keepAlive: 75_000,
  heartbeat: 15_000,
  check: 1_000,
};

/** A server of HTTP or, with a certificate, of HTTPS (TLS 1.2 and up), on which slow clients do not stay. */
export function createNodeServer(
  deps: { settings: ListenerSettings; timeouts: Timeouts; log: Log },
  listener: RequestListener,
): Server {
  const { settings, timeouts, log } = deps;
  const options = {
    headersTimeout: timeouts.headers,
    requestTimeout: timeouts.request,
    keepAliveTimeout: timeouts.keepAlive,
    connectionsCheckingInterval: timeouts.check,
    // Finds clients that vanished without a word while they wait for a run.
    keepAlive: true,
  };
  const isTls = settings.sslCertFile !== '' && settings.sslKeyFile !== '';
  const server = isTls
    ? createTlsServer({ ...options, minVersion: 'TLSv1.2' as const }, listener)
    : createServer(options, listener);
  if (isTls) reloadingCertificate({ certFile: settings.sslCertFile, keyFile: settings.sslKeyFile, log }, server);
  server.setTimeout(timeouts.idle);
  return server;
}

const refusals: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
};

/** Answers what never became a request: too slow, too large, or no HTTP. */
export function refuseBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = refusals[error.code ?? ''] ?? '400 Bad Request';
  if (socket.writable) {
    const head = [
      `HTTP/1.1 ${status}`,
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${status.length}`,
      'Connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${status}`);
  }
  socket.destroy(error);
}
