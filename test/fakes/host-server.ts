import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onCleanup } from '../support/cleanup.ts';
import { runGitBackend } from '../support/git-http-server.ts';

export type Headers = Readonly<Record<string, string>>;
export type FakeReply = { readonly status: number; readonly headers?: Headers; readonly body?: unknown };
export type Delivery = { readonly headers: Headers; readonly body: string };

/** A "no" with a message, as all of these hosts say it. */
export function refusal(status: number, message: string): FakeReply {
  return { status, body: { message } };
}

/** Instead of an answer: one of ours, or none at all. */
export type Failure =
  | FakeReply
  /** The connection ends; with `done` only after the request was carried out. */
  | { readonly drop: 'before' | 'done' }
  | { readonly hang: true };

/** A request of the API. */
export type ApiRequest = {
  readonly method: string;
  /** As the routes of the host are written, below its API. */
  readonly path: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Undefined when there is none. */
  readonly body: unknown;
};

export type HostServerOptions = {
  /** For git, and for whoever reads the problems. */
  readonly name: string;
  /** The path that everything is served below, such as `/gitlab`; empty for none. */
  readonly below: string;
  /** The beginning of the API's paths below that. All else is git's. */
  readonly api: RegExp;
  /** Of the bare repositories that git is given; undefined: there are none. */
  readonly reposDir: string | undefined;
  /** The passwords that git may have. */
  readonly tokens: ReadonlySet<string>;
  answer(request: ApiRequest): FakeReply;
};

export type HostServer = {
  /** `localhost` with the port. */
  readonly address: string;
  /** The certificate, which is its own authority: for `SSL_CERT_FILE` and `GIT_SSL_CAINFO`. */
  readonly certificateFile: string;
  /** `METHOD route` of every request that was understood, in order. */
  readonly requests: string[];
  /** Requests and replies that the host's description does not know. A test that leaves some fails. */
  readonly problems: string[];
  /** Lets the next `times` requests that match (`METHOD path`, of git's `GIT METHOD path`) fail. */
  fail(matching: RegExp, failure: Failure, times?: number): void;
};

const tls = join(import.meta.dirname, '../fixtures/tls');
const certificateFile = join(tls, 'localhost.cert.pem');

/** A host on this machine, over HTTPS: its API, and git. It ends with the test. */
export async function startHostServer(options: HostServerOptions): Promise<HostServer> {
  const problems: string[] = [];
  const failures = failureList();
  const certificate = { cert: readFileSync(certificateFile), key: readFileSync(join(tls, 'localhost.key.pem')) };
  const server = createServer(certificate, (request, response) => {
    serve({ ...options, failures }, request, response).catch((error: unknown) => {
      problems.push(String(error));
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  onCleanup(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    if (problems.length > 0) throw new Error(`not as ${options.name} describes it:\n${problems.join('\n')}`);
  });
  const address = `localhost:${(server.address() as AddressInfo).port}`;
  return { address, certificateFile, requests: [], problems, fail: failures.add };
}

type FailureList = ReturnType<typeof failureList>;

function failureList() {
  const failures: { readonly matching: RegExp; readonly failure: Failure; left: number }[] = [];
  return {
    add: (matching: RegExp, failure: Failure, times = 1) => void failures.push({ matching, failure, left: times }),
    take: (request: string): Failure | undefined => {
      const found = failures.find(({ matching, left }) => left > 0 && matching.test(request));
      if (found) found.left -= 1;
      return found?.failure;
    },
  };
}

type Serving = HostServerOptions & { readonly failures: FailureList };

async function serve(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', `https://${request.headers.host}`);
  const place = url.pathname.slice(serving.below.length);
  if (!serving.api.test(place)) return serveGit(serving, request, response);
  const { method = '', headers } = request;
  const path = place.replace(serving.api, '');
  const text = await textOf(request);
  const failure = serving.failures.take(`${method} ${path}`);
  if (failure && 'hang' in failure) return;
  if (failure && 'drop' in failure && failure.drop === 'before') return void request.socket.destroy();
  if (failure && 'status' in failure) return send(response, failure);
  const reply = serving.answer({ method, path, url, headers, body: text === '' ? undefined : JSON.parse(text) });
  if (failure) return void request.socket.destroy();
  send(response, reply);
}

function serveGit(serving: Serving, request: IncomingMessage, response: ServerResponse) {
  const { name, below, reposDir, tokens } = serving;
  const place = (request.url ?? '/').split('?', 1)[0]?.slice(below.length);
  const failure = serving.failures.take(`GIT ${request.method} ${place}`);
  if (failure && 'hang' in failure) return;
  if (failure && 'status' in failure) return send(response, failure);
  const basic = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
  const isKnown = tokens.has(basic.slice(basic.indexOf(':') + 1));
  request.url = (request.url ?? '').slice(below.length);
  if (isKnown && reposDir !== undefined) runGitBackend(reposDir, request, response);
  else response.writeHead(401, { 'www-authenticate': `Basic realm="${name}"` }).end();
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, { status, headers, body }: FakeReply): void {
  const type = body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
  response.writeHead(status, { ...type, ...headers });
  const isPage = typeof body === 'string' && headers?.['content-type'] === 'text/html';
  response.end(body === undefined ? undefined : isPage ? body : JSON.stringify(body));
}
