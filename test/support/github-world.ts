import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Delivery, type Failure, type FakeGithub, fakeGithub } from '../fakes/github/index.ts';
import type { FakeComment, FakePull, FakeRepo } from '../fakes/github/state.ts';
import { apiSecret } from './api-client.ts';
import { portFinder } from './free-port.ts';
import { commitFiles, type Files, git, makeBareRepo, makeRepo } from './git.ts';
import { ownPostgresUrl } from './postgres.ts';
import { type ServerOptions, startServer, type TestServer } from './server.ts';
import { temporaryDir } from './temp.ts';

export type { Delivery, Failure, FakeComment, FakePull, FakeRepo };

const webhookSecret = 'the secret of the webhook';

/** A GitHub with the repository `acme/infra`, and the means to start servers that work for it. */
export type GithubWorld = {
  readonly github: FakeGithub;
  readonly repo: FakeRepo;
  readonly dataDir: string;
  readonly databaseUrl: string;
  /** Starts a server over the same data each time, at the same address. */
  start(options?: ServerOptions): Promise<TestServer>;
  /** Commits these files on a branch, made from `main` when there is none, and opens a pull request of it. */
  openPull(branch: string, files: Files, author?: string): Promise<FakePull>;
  /** Commits these files on the branch of a pull request; gives the new head. */
  push(pull: FakePull, files: Files): Promise<string>;
};

const nextPort = portFinder();

export async function openGithubWorld(options: {
  readonly files: Files;
  /** Absolute path of the engine, which calls itself Terraform. */
  readonly engine: string;
  readonly flags?: ServerOptions['flags'];
  readonly onPostgres?: boolean;
}): Promise<GithubWorld> {
  const [dataDir, reposDir, work] = [await temporaryDir(), await temporaryDir(), await temporaryDir()];
  await makeRepo(work, options.files);
  const bare = join(reposDir, 'acme/infra.git');
  await makeBareRepo(bare, work);
  await git(work, 'remote', 'add', 'origin', bare);
  const github = await fakeGithub({ reposDir, webhookSecret });
  const repo = github.addRepo('acme/infra');
  const databaseUrl = options.onPostgres
    ? await ownPostgresUrl('empty')
    : `sqlite:${join(dataDir, 'polder', 'polder.db')}`;
  const flags = {
    port: await nextPort(),
    'data-dir': dataDir,
    'database-url': databaseUrl,
    'gh-user': github.state.login,
    'gh-token': github.token,
    'gh-hostname': github.hostname,
    'gh-webhook-secret': webhookSecret,
    'repo-allowlist': `${github.hostname}/acme/*`,
    'api-secret': apiSecret,
    'terraform-binary': options.engine,
    ...options.flags,
  };
  const env = { SSL_CERT_FILE: github.certificateFile, GIT_SSL_CAINFO: github.certificateFile };
  const commit = async (branch: string, files: Files) => {
    const isKnown = (await git(work, 'branch', '--list', branch)) !== '';
    await git(work, 'switch', '--quiet', ...(isKnown ? [branch] : ['--create', branch, 'main']));
    const sha = await commitFiles(work, files);
    await git(work, 'push', '--quiet', '--force', 'origin', branch);
    return sha;
  };
  return {
    github,
    repo,
    dataDir,
    databaseUrl,
    start: (more = {}) => startServer({ ...more, flags: { ...flags, ...more.flags }, env: { ...env, ...more.env } }),
    openPull: async (branch, files, author = 'ada') => {
      await commit(branch, files);
      return github.openPull('acme/infra', { headBranch: branch, author });
    },
    push: async (pull, files) => {
      const sha = await commit(pull.headBranch, files);
      github.pushed(repo, pull);
      return sha;
    },
  };
}

export type Answer = { readonly status: number; readonly text: string };

/** Sends a delivery; rejects when there is no answer. */
export async function deliver(server: Pick<TestServer, 'url'>, { headers, body }: Delivery): Promise<Answer> {
  const reply = await fetch(`${server.url}/events`, { method: 'POST', headers, body });
  return { status: reply.status, text: await reply.text() };
}

/** A delivery of any text, signed as the world's GitHub signs. */
export function signed(event: string, body: string, id: string = randomUUID()): Delivery {
  const signature = createHmac('sha256', webhookSecret).update(body).digest('hex');
  return {
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
  };
}

/** Comments on a pull request and sends the delivery of it. */
export async function comment(
  world: GithubWorld,
  server: TestServer,
  on: { pull: FakePull; body: string; author?: string },
) {
  const made = world.github.addComment(on.pull, on.body, on.author);
  return deliver(server, world.github.commentEvent(world.repo, on.pull, made));
}

/** What we have written on a pull request, oldest first. */
export function ownComments({ github }: GithubWorld, pull: FakePull): string[] {
  return pull.comments.filter(({ author }) => author === github.state.login).map(({ body }) => body);
}

/** The statuses of a commit as they stand: the last of each context. */
export function statusesOf({ repo }: GithubWorld, sha: string): Record<string, string> {
  const ofSha = repo.statuses.filter((status) => status.sha === sha);
  return Object.fromEntries(ofSha.map(({ context, state, description }) => [context, `${state}: ${description}`]));
}

/** Statuses that say that something goes on, on any commit. */
export function underWay({ repo }: GithubWorld): string[] {
  const last = new Map(repo.statuses.map((status) => [`${status.sha} ${status.context}`, status]));
  return [...last]
    .filter(([, { state, description }]) => state === 'pending' && /in progress|waits for/.test(description))
    .map(([key, { description }]) => `${key}: ${description}`);
}
