import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onCleanup } from './cleanup.ts';

export type GitHttpServer = {
  /** Without a slash at its end. */
  readonly url: string;
  /** The `Authorization` header of each request; empty where there was none. */
  readonly authorizations: string[];
};

/**
 * Serves the repositories below `root` over HTTP, to those who know the credentials. `/redirect-to/<URL, encoded>`
 * answers with a redirection. `onRequest` is called while git waits for the answer.
 */
export async function gitHttpServer(
  root: string,
  credentials: { username: string; password: string },
  onRequest: () => void = () => undefined,
): Promise<GitHttpServer> {
  const expected = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  const authorizations: string[] = [];
  const server = createServer((request, response) => {
    const authorization = request.headers.authorization ?? '';
    authorizations.push(authorization);
    onRequest();
    const target = /^\/redirect-to\/([^/]+)(.*)/.exec(request.url ?? '');
    if (target) {
      response.writeHead(302, { location: `${decodeURIComponent(target[1] ?? '')}${target[2] ?? ''}` }).end();
    } else if (authorization === expected) {
      runGitBackend(root, request, response);
    } else {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end(`no entry for ${authorization}`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanup(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, authorizations };
}

/** Answers git's requests for the repositories below `root`: the CGI protocol of git-http-backend(1). */
export function runGitBackend(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const backend = spawn('git', ['-c', 'safe.directory=*', 'http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  });
  backend.stdin.on('error', () => undefined);
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  backend.on('close', () => answer(Buffer.concat(chunks), response));
}

function answer(output: Buffer, response: ServerResponse): void {
  const end = output.indexOf('\r\n\r\n');
  const headers = output
    .subarray(0, end)
    .toString()
    .split('\r\n')
    .map((line) => line.split(/: (.*)/s));
  const status = headers.find(([name]) => name === 'Status')?.[1];
  response.statusCode = Number.parseInt(status ?? '200', 10);
  for (const [name = '', value = ''] of headers) if (name !== 'Status') response.setHeader(name, value);
  response.end(output.subarray(end + 4));
}
