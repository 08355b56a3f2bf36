import type { DbHandle } from '../db/index.ts';
import { isPolderError } from '../lib/errors.ts';
import type { Handler, Task } from '../queue/index.ts';
import { findReposByName } from '../repos/index.ts';
import { isPassingFailure, type PullHost, type PullRef, type VcsHost } from '../vcs/index.ts';
import type { PullDeps } from './deps.ts';
import { mayComeThrough, postComment } from './post-comment.ts';
import { selectPull } from './pull-store.ts';
import type { PullRecord } from './types.ts';

type Notice = {
  readonly host: string;
  readonly fullName: string;
  readonly number: number;
  readonly body: string;
  /** The comment that is answered. */
  readonly react: string | null;
  /** Names it within its pull request, of which there is a record; others are known by their text alone. */
  readonly key?: string;
};

/** The queue's handler for comments that nothing is kept about, such as help, or that a repo is not allowed. */
export function postNotice(deps: PullDeps): Handler {
  return async (task) => {
    const notice = task.payload as unknown as Notice;
    const host = deps.hosts.byHostname(notice.host);
    if (!host?.pulls) return;
    const ref = { fullName: notice.fullName, number: notice.number };
    const emoji = deps.pullSettings.emojiReaction;
    if (notice.react !== null && emoji !== '' && host.capabilities.reactions) {
      await host.pulls
        .react(ref, { commentId: notice.react, emoji })
        .catch((error: unknown) => deps.log.warn({ err: error }, 'a comment could not be reacted to'));
    }
    try {
      await post(deps, { host, pulls: host.pulls, ref }, { notice, task });
    } catch (error) {
      const isRefused = isPolderError(error, 'host_refused');
      const isPassing = isRefused ? mayComeThrough(task, error) : isPassingFailure(error);
      if (isPassing && task.attempt < lastAttempt) throw error;
      deps.log.error({ repo: notice.fullName, pull: notice.number, err: error }, 'a notice could not be posted');
    }
  };
}

type Place = { readonly host: VcsHost; readonly pulls: PullHost; readonly ref: PullRef };
type Posting = { readonly notice: Notice; readonly task: Task };

async function post(deps: PullDeps, { host, pulls, ref }: Place, { notice, task }: Posting): Promise<void> {
  const { key, body } = notice;
  const pull = key === undefined ? undefined : await selectNamedPull(deps.db, notice);
  if (key !== undefined && pull) return postComment(deps, { task, host, pull, commandId: null }, { key, body });
  if (task.attempt > 1 && (await isThere(pulls, ref, notice))) return;
  await pulls.createComment(ref, body);
}

async function selectNamedPull(db: DbHandle, { host, fullName, number }: Notice): Promise<PullRecord | undefined> {
  const repo = (await findReposByName(db, fullName)).find((one) => one.host === host);
  return repo && selectPull(db, repo, number);
}

/** A day, with the pauses between them. */
const lastAttempt = 1440;

/** An earlier attempt may have got through although nobody heard of it: then it is the newest of ours. */
async function isThere(pulls: PullHost, ref: PullRef, { body, react }: Notice): Promise<boolean> {
  const comments = await pulls.listComments(ref);
  const asked = comments.findIndex(({ id }) => id === react);
  return comments.slice(asked + 1).some((comment) => comment.body.trim() === body.trim());
}
