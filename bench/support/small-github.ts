import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export type Write = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: 'comment' | 'status' | 'other';
  readonly path: string;
  /** Of a status its context, state and description. */
  readonly text: string;
};

export type SmallPull = { readonly number: number; headSha: string; readonly headBranch: string };

/** As much of GitHub as it takes to plan a pull request of the one repository `acme/infra`, in this process. */
export type SmallGithub = {
  /** For `withPolder`. */
  readonly flags: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly writes: Write[];
  readonly pulls: Map<number, SmallPull>;
  /** Reads, by path without query. */
  readonly reads: string[];
  event(pull: SmallPull, action: string): Delivery;
  comment(pull: SmallPull, body: string): Delivery;
  close(): Promise<void>;
};

export type Delivery = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

const secret = 'bench';
const usualFlags = {
  'gh-user': 'polder-bot',
  'gh-token': 'bench',
  'gh-webhook-secret': secret,
  'repo-allowlist': '*',
};
const tls = join(import.meta.dirname, '../../test/fixtures/tls');
const certificate = join(tls, 'localhost.cert.pem');

/** `gitDir`: where git fetches from. */
export async function smallGithub(gitDir: string): Promise<SmallGithub> {
  const writes: Write[] = [];
  const reads: string[] = [];
  const pulls = new Map<number, SmallPull>();
  const comments: { id: number; body: string; user: { login: string } }[] = [];
  let lastId = 1000;
  const owner = { login: 'acme' };
  const repo = { full_name: 'acme/infra', owner, clone_url: gitDir, html_url: 'https://github.test/acme/infra' };
  const render = (pull: SmallPull) => renderPull(repo, pull);
  const read = (path: string): unknown => {
    reads.push(path);
    const number = Number(/pulls\/(\d+)$/.exec(path)?.[1]);
    const pull = pulls.get(number);
    if (pull) return render(pull);
    return path.endsWith('/comments') ? comments : repo;
  };
  const write = (path: string, body: Readonly<Record<string, string>>): unknown => {
    const at = Date.now();
    lastId += 1;
    if (path.endsWith('/comments')) {
      writes.push({ at, kind: 'comment', path, text: body.body ?? '' });
      const made = { id: lastId, body: body.body ?? '', user: { login: 'polder-bot' } };
      comments.push(made);
      return made;
    }
    const isStatus = path.includes('/statuses/');
    writes.push({
      at,
      kind: isStatus ? 'status' : 'other',
      path,
      text: `${body.context} ${body.state}: ${body.description}`,
    });
    return { id: lastId };
  };
  const server = await listen((method, path, body) =>
    method === 'GET' ? read(path) : write(path, body as Readonly<Record<string, string>>),
  );
  const hostname = `localhost:${(server.address() as AddressInfo).port}`;
  const sender = { login: 'ada' };
  return {
    flags: { ...usualFlags, 'gh-hostname': hostname },
    env: { SSL_CERT_FILE: certificate },
    writes,
    reads,
    pulls,
    event: (pull, action) => delivery('pull_request', { action, pull_request: render(pull), repository: repo, sender }),
    comment: (pull, body) => {
      lastId += 1;
      const issue = { number: pull.number, pull_request: {} };
      const comment = { id: lastId, body, user: { login: 'ada', type: 'User' } };
      return delivery('issue_comment', { action: 'created', issue, comment, repository: repo, sender });
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function renderPull(repo: object, pull: SmallPull): object {
  return {
    number: pull.number,
    html_url: `https://github.test/acme/infra/pull/${pull.number}`,
    title: 'A change',
    user: { login: 'ada' },
    head: { ref: pull.headBranch, sha: pull.headSha, repo },
    base: { ref: 'main', repo },
    state: 'open',
    merged: false,
    draft: false,
    labels: [],
    mergeable_state: 'clean',
  };
}

async function listen(answer: (method: string, path: string, body: unknown) => unknown) {
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname } = new URL(request.url ?? '/', 'https://localhost');
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    const reply = answer(request.method ?? '', pathname, body);
    const status = request.method === 'GET' ? 200 : 201;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
  };
  const files = { cert: readFileSync(certificate), key: readFileSync(join(tls, 'localhost.key.pem')) };
  const server = createServer(files, (request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return server;
}

function delivery(event: string, payload: object): Delivery {
  const body = JSON.stringify(payload);
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': `sha256=${signature}`,
  };
  return { headers, body };
}

/** Sends a delivery, which has to be taken. */
export async function deliver(url: string, { headers, body }: Delivery): Promise<void> {
  const reply = await fetch(`${url}/events`, { method: 'POST', headers, body });
  const text = await reply.text();
  if (reply.status !== 200) throw new Error(`a delivery was answered ${reply.status}: ${text}`);
}
