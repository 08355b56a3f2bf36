import Fastify, { type FastifyReply, type FastifyRequest, type InjectOptions } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { createToken, ensureSystemUser, type NewToken, type Role } from '../../src/access/index.ts';
import type { Db } from '../../src/db/index.ts';
import { noStopActions, type StopActions } from '../../src/environments/index.ts';
import type { CommitInfo } from '../../src/git/index.ts';
import { answerBadAddress, registerGitlabApi } from '../../src/http/gitlab-api/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Repo } from '../../src/repos/index.ts';
import { createHosts, type Pull, type VcsHost } from '../../src/vcs/index.ts';
import { insertRepo, succeedApply } from './applies.ts';
import { onCleanup } from './cleanup.ts';
import { someRevisions } from './deployments.ts';
import { insertEnvironment } from './environments.ts';

export const baseUrl = 'https://polder.example.com/base';
export const now = Date.UTC(2026, 0, 15, 12, 0, 0, 250);

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Undefined when there is none. */
  readonly json: unknown;
};

export type Caller = 'maintainer' | 'developer' | 'reporter' | 'guest' | 'stranger' | 'anonymous';

export type World = {
  readonly db: Db;
  readonly repo: Repo;
  /** The path of the repo's resources. */
  readonly path: string;
  /** Ids of production (available), review/fix-foo (stopped) and staging-eu (available). */
  readonly ids: readonly number[];
  readonly token: (caller: Exclude<Caller, 'anonymous'>) => string;
  /** What is to be run to stop environments, from now on. */
  setStopActions(stopActions: StopActions): void;
  /** The pull requests that the repo's host has, and the messages of the commits between any two, from now on. */
  setPulls(pulls: readonly Partial<Pull>[], messages: readonly string[]): void;
  newToken(rest: Partial<NewToken>): Promise<string>;
  request(caller: Caller, url: string, options?: InjectOptions): Promise<Reply>;
};

const commit: CommitInfo = {
  sha: 'c'.repeat(40),
  parents: ['b'.repeat(40)],
  message: 'Change the network\n\nIn detail.\n',
  author: { name: 'Ann', email: 'ann@example.com', date: '2016-08-11T09:36:01+02:00' },
  committer: { name: 'Bob', email: 'bob@example.com', date: '2016-08-11T07:36:02Z' },
};

/**
 * A private repo with three environments, and somebody of each role. The environments come from applies, or, when they
 * are not `applied`, have never been deployed to.
 */
export async function gitlabApiWorld(
  db: Db,
  options: { readonly applied: boolean } = { applied: true },
): Promise<World> {
  const repo = await insertRepo(db, 'group/sub/my.proj');
  const other = await insertRepo(db, 'group/other');
  const actor = await ensureSystemUser(db, 'polder', now);
  const newToken: World['newToken'] = async (rest) => {
    const request: NewToken = {
      name: 'x',
      role: 'guest',
      scope: 'api',
      repoId: null,
      expiresAt: null,
      now,
      actor,
      ...rest,
    };
    const result = await createToken(db, request);
    if (result.kind === 'refused') throw new Error(result.message);
    return result.token;
  };
  const roles: Role[] = ['maintainer', 'developer', 'reporter', 'guest'];
  const tokens = new Map<Caller, string>();
  for (const role of roles) tokens.set(role as Caller, await newToken({ name: role, role }));
  tokens.set('stranger', await newToken({ name: 'stranger', role: 'owner', repoId: other.id }));
  const token: World['token'] = (caller) => tokens.get(caller) ?? '';
  for (const name of ['production', 'review/fix-foo', 'staging-eu']) {
    if (options.applied) await succeedApply(db, { repo, project: { name, dir: name, workspace: 'default' } }, now);
    else await insertEnvironment(db, repo, { name });
  }
  await db.query.updateTable('environments').set({ state: 'stopped' }).where('name', '=', 'review/fix-foo').execute();
  const rows = await db.query.selectFrom('environments').select('id').orderBy('id').execute();
  let stopActions = noStopActions;
  let [pulls, messages]: [readonly Pull[], readonly string[]] = [[], []];
  const getPull = async ({ number }: { number: number }) => pulls.find((pull) => pull.number === number);
  const app = await startApp(db, {
    stopActions: (handle, request) => stopActions(handle, request),
    host: { type: 'Local', hostname: 'local', pulls: { getPull } } as unknown as VcsHost,
    revisions: { ...someRevisions, messagesSince: async () => messages },
  });
  return {
    db,
    repo,
    path: `/api/v4/projects/${repo.id}`,
    ids: rows.map((row) => row.id),
    token,
    newToken,
    setStopActions: (actions) => {
      stopActions = actions;
    },
    setPulls: (some, theirs) => {
      pulls = some.map((pull) => ({ ...usualPull, ...pull }));
      messages = theirs;
    },
    request: async (caller, url, options = {}) => {
      const headers = caller === 'anonymous' ? {} : { 'private-token': token(caller) };
      const response = await app.inject({
        method: 'GET',
        url,
        ...options,
        headers: { ...headers, ...options.headers },
      });
      const isJson = response.headers['content-type'] === 'application/json' && response.body !== '';
      return {
        status: response.statusCode,
        headers: response.headers as Reply['headers'],
        text: response.body,
        json: isJson ? (response.json() as unknown) : undefined,
      };
    },
  };
}

const usualPull: Pull = {
  number: 1,
  url: 'https://example.com/pull/1',
  title: 'Change the network',
  author: 'ann',
  headBranch: 'network',
  headSha: 'd'.repeat(40),
  headRepo: null,
  headRef: null,
  baseBranch: 'main',
  open: false,
  merged: true,
  draft: false,
  labels: [],
};

type AppParts = {
  readonly stopActions: StopActions;
  readonly host: VcsHost;
  readonly revisions: typeof someRevisions;
};

async function startApp(db: Db, { stopActions, host, revisions }: AppParts) {
  const routerOptions = { maxParamLength: 4096 };
  const frameworkErrors = (error: Error, request: FastifyRequest, reply: FastifyReply) => {
    if (!answerBadAddress(request, reply)) reply.send(error);
  };
  const app = Fastify({ exposeHeadRoutes: false, routerOptions, frameworkErrors }).withTypeProvider<ZodTypeProvider>();
  const readCommits = async () => new Map([[commit.sha, commit]]);
  const settings = { baseUrl };
  const hosts = createHosts([host]);
  const deps = { db, log: silentLog(), now: () => now, hosts, settings, revisions, readCommits, stopActions };
  await registerGitlabApi(app as never, deps);
  onCleanup(() => app.close());
  return app;
}
