import { join } from 'node:path';
import { openGit } from '../../src/git/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { localHost } from '../../src/vcs/local/index.ts';
import { dismissApprovals, insertApproval } from '../../src/vcs/local/review-store.ts';
import { endPull, insertPull, selectPull } from '../../src/vcs/local/store.ts';
import { insertComment, selectComments, selectStatuses } from '../../src/vcs/local/talk-store.ts';
import { describeDatabases, type OpenTestDatabase } from '../support/database.ts';
import { commitFiles, git, makeRepo } from '../support/git.ts';
import { temporaryDir } from '../support/temp.ts';
import { describeVcsHost, type HostPull, type HostWorld } from './vcs-host.ts';

const fullName = 'acme/infra';

async function localWorld(open: OpenTestDatabase): Promise<HostWorld> {
  const dir = await temporaryDir();
  const reposDir = join(dir, 'repos');
  const repo = join(reposDir, fullName);
  const db = await open();
  const deps = await openGit({ dataDir: join(dir, 'data'), log: silentLog(), env: process.env });
  const host = localHost({
    reposDir,
    pulls: { db, git: deps, now: Date.now, baseUrl: 'http://polder.test', deliver: async () => undefined },
  });
  const content = 'one\ntwo\nthree\nfour\nfive\n';
  await makeRepo(repo, { 'atlantis.yaml': 'version: 3\n', 'old.tf': content, 'main.tf': 'base\n' });
  await git(repo, 'switch', '--quiet', '--detach');
  const pullOf = async (number: number) => {
    const pull = await selectPull(db, { fullName, number });
    if (!pull) throw new Error(`no pull request ${number}`);
    return pull;
  };
  const commentOf = async (number: number, id: string) =>
    (await selectComments(db, (await pullOf(number)).id)).find((comment) => comment.id === Number(id));
  return {
    host,
    login: 'polder',
    without: ['forks', 'credentials'],
    openPull: async ({ files = [{ path: 'new.tf' }], labels = [], draft = false }: HostPull = {}) => {
      const baseSha = await git(repo, 'rev-parse', 'main');
      await git(repo, 'switch', '--quiet', '--force-create', 'change', 'main');
      const headSha = await commitFiles(
        repo,
        Object.fromEntries(files.map(({ path, from }) => [path, from === undefined ? `${path}\n` : content])),
      );
      await git(repo, 'switch', '--quiet', '--detach');
      const row = { fullName, title: 'A change', author: 'ada', headBranch: 'change', baseBranch: 'main' };
      const branches = { headSha, baseSha, draft, labels, createdAt: 0 };
      const { number } = await db.transaction((tx) => insertPull(tx, { ...row, ...branches }));
      return { number, headSha };
    },
    closePull: async (number) => {
      const { id } = await pullOf(number);
      await db.transaction((tx) => endPull(tx, id, { state: 'closed', by: 'ada', at: 0 }));
    },
    review: async (number, login, verdict) => {
      const { id, headSha } = await pullOf(number);
      if (verdict === 'approve')
        await db.transaction((tx) => insertApproval(tx, id, { login, commitSha: headSha, now: 0 }));
      if (verdict === 'request_changes') await dismissApprovals(db, id, { login, reason: 'not yet', now: 0 });
    },
    addComment: async (number, body) =>
      String((await insertComment(db, (await pullOf(number)).id, { author: 'ada', body, now: 0 })).id),
    isHidden: async (number, id) => (await commentOf(number, id))?.hidden === true,
    reactions: async (number, id) => (await commentOf(number, id))?.reactions ?? [],
    statuses: async (sha) =>
      Object.fromEntries(
        (await selectStatuses(db, { fullName, sha })).map(({ context, ...status }) => [context, status]),
      ),
    conflict: async () => {
      await git(repo, 'switch', '--quiet', 'main');
      await commitFiles(repo, { 'new.tf': 'something else\n' });
      await git(repo, 'switch', '--quiet', '--detach');
    },
    isMerged: async (number) => {
      const { state, headSha } = await pullOf(number);
      const inBase = await git(repo, 'branch', '--format=%(refname:short)', '--contains', headSha, '--list', 'main');
      return state === 'merged' && inBase === 'main';
    },
    addTeam: () => undefined,
  };
}

describeDatabases('local pull requests', (open) => describeVcsHost('Local', () => localWorld(open)));
