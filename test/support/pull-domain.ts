import { ensureHostUser } from '../../src/access/index.ts';
import type { CommentCommand } from '../../src/commands/index.ts';
import { readOptions } from '../../src/config/index.ts';
import { type Db, openDatabase } from '../../src/db/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { insertCommand, selectCommand } from '../../src/pulls/command-store.ts';
import type { CommandContext } from '../../src/pulls/deps.ts';
import { setPlanned, upsertProject, upsertPull } from '../../src/pulls/pull-store.ts';
import { type PullSettings, pullSettings } from '../../src/pulls/settings.ts';
import type { PullProject, Work } from '../../src/pulls/types.ts';
import { noServerRules, type ServerRules } from '../../src/repo-config/index.ts';
import { ensureRepo } from '../../src/repos/index.ts';
import type { CommitStatus, MergeResult, Pull, PullHost, VcsHost } from '../../src/vcs/index.ts';
import { onCleanup } from './cleanup.ts';
import { holdTask } from './held-task.ts';

export const headSha = 'a'.repeat(40);

/** What the options of a server for GitHub give, with these flags more. */
export function settingsWith(flags: readonly string[] = [], rules: ServerRules = noServerRules): PullSettings {
  const always = ['--gh-user=bot', '--gh-token=t', '--repo-allowlist=*', '--atlantis-url=https://polder.test'];
  const read = readOptions({ argv: [...always, '--data-dir=/data', ...flags], env: {}, readFile: () => '' });
  if (read.kind !== 'ok') throw new Error(`reading ${flags.join(' ')}: ${JSON.stringify(read)}`);
  return pullSettings(read.options, rules);
}

export function livePull(over: Partial<Pull> = {}): Pull {
  return {
    ...{ number: 7, url: 'https://github.test/acme/infra/pull/7', title: 'A change', author: 'ada' },
    ...{ headBranch: 'change', headSha, headRepo: { fullName: 'acme/infra', owner: 'acme' }, headRef: null },
    ...{ baseBranch: 'main', open: true, merged: false, draft: false, labels: [], ...over },
  };
}

/** Pull requests that do nothing, but for what is given. */
export function pullHost(over: Partial<PullHost> = {}): PullHost {
  const nothing = async () => undefined;
  return {
    ownLogin: async () => 'bot',
    getPull: async () => livePull(),
    listChangedFiles: async () => ({ paths: [], complete: true }),
    getFile: nothing,
    getApproval: async () => ({ approved: false, by: [] }),
    getMergeability: async () => ({ mergeable: true }),
    listTeams: async () => [],
    listComments: async () => [],
    createComment: async () => '1',
    updateComment: async () => true,
    hideComments: nothing,
    react: nothing,
    setStatus: nothing,
    mergePull: async () => ({ kind: 'merged' }),
    deleteBranch: nothing,
    dismissReviews: nothing,
    ...over,
  };
}

export function vcsHost(pulls: PullHost): VcsHost {
  return {
    type: 'Github',
    hostname: 'github.test',
    capabilities: {
      ...{ pulls: true, statuses: true, reactions: true, hideComments: true, teams: true, dismissReviews: true },
      ...{
        everyStatusBlocks: false,
        fileFetch: true,
        maxCommentLength: 65_536,
        mergeMethods: ['merge', 'rebase', 'squash'],
        mergeTitle: null,
      },
      markdown: { folding: true, requestName: 'Pull Request', pullSign: '#' },
    },
    findRepo: async () => undefined,
    pulls,
  };
}

/** A pull request with a command in hand, on a host that writes down what it is told. */
export type PullWorld = {
  readonly db: Db;
  readonly deps: { readonly db: Db; readonly log: ReturnType<typeof silentLog>; readonly now: () => number };
  readonly context: CommandContext;
  /** From now on the command is somebody else's. */
  readonly lose: () => void;
  readonly comments: string[];
  readonly statuses: CommitStatus[];
  /** `merge <commit> <method>` and `delete <branch>`, in order. */
  readonly changes: string[];
};

export async function pullWorld(given: {
  readonly work?: Work;
  readonly record?: readonly Omit<PullProject, 'jobId' | 'position'>[];
  readonly merge?: MergeResult;
}): Promise<PullWorld> {
  const { work = { kind: 'autoplan' }, record = [], merge = { kind: 'merged' } } = given;
  const db = await openDatabase({ url: 'sqlite::memory:', log: silentLog() });
  onCleanup(() => db.close());
  const [comments, statuses, changes]: [string[], CommitStatus[], string[]] = [[], [], []];
  const pulls = pullHost({
    createComment: async (_ref, body) => String(comments.push(body)),
    setStatus: async (_ref, status) => void statuses.push(status),
    mergePull: async (_ref, { headSha, method }) => {
      changes.push(`merge ${headSha} ${method}`);
      return merge;
    },
    deleteBranch: async (_repo, branch) => void changes.push(`delete ${branch}`),
  });
  const host = vcsHost(pulls);
  const command = await db.transaction(async (tx) => {
    const repo = await ensureRepo(tx, { host: host.hostname, hostType: 'Github', fullName: 'acme/infra' }, 1);
    const actor = await ensureHostUser(tx, { host: host.hostname, login: 'ada' }, 1);
    const seen = { ...livePull(), state: 'open' } as const;
    const pull = await upsertPull(tx, repo, { number: 7, seen, now: 1 });
    await setPlanned(tx, pull.id, { headSha, baseBranch: 'main' });
    for (const [position, project] of record.entries()) {
      await upsertProject(tx, pull.id, { ...project, position, jobId: null, now: 1 });
    }
    const id = await insertCommand(tx, { pullId: pull.id, work, actorId: actor.id, now: 1 });
    return selectCommand(tx, id);
  });
  if (!command) throw new Error('no command');
  const ref = { fullName: 'acme/infra', number: 7 };
  const log = silentLog();
  const { task, lose } = holdTask(0);
  const context = { task, signal: task.signal, command, host, pulls, ref, log };
  return { db, deps: { db, log, now: () => 1 }, context, lose, comments, statuses, changes };
}

export function comment(command: CommentCommand): Work {
  return { kind: 'comment', command, commentId: '1' };
}
