import type { Handler } from '../queue/index.ts';
import { isPassingFailure, type PullHost, type PullRef } from '../vcs/index.ts';
import type { PullDeps } from './deps.ts';

type Notice = {
  readonly host: string;
  readonly fullName: string;
  readonly number: number;
  readonly body: string;
  /** The comment that is answered. */
  readonly react: string | null;
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
      if (task.attempt > 1 && (await isThere(host.pulls, ref, notice))) return;
      await host.pulls.createComment(ref, notice.body);
    } catch (error) {
      if (isPassingFailure(error) && task.attempt < lastAttempt) throw error;
      deps.log.error({ repo: notice.fullName, pull: notice.number, err: error }, 'a notice could not be posted');
    }
  };
}

/** A day, with the pauses between them. */
const lastAttempt = 1440;

/** An earlier attempt may have got through although nobody heard of it: then it is the newest of ours. */
async function isThere(pulls: PullHost, ref: PullRef, { body, react }: Notice): Promise<boolean> {
  const comments = await pulls.listComments(ref);
  const asked = comments.findIndex(({ id }) => id === react);
  return comments.slice(asked + 1).some((comment) => comment.body.trim() === body.trim());
}
