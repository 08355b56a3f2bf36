import { createHash } from 'node:crypto';
import { codeSpan } from '../comments/index.ts';
import type { Db } from '../db/index.ts';
import { isPolderError, PolderError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Task } from '../queue/index.ts';
import { isLoginRefused, type PullHost, type PullRef, type VcsHost } from '../vcs/index.ts';
import { insertComment, selectComments, setCommentId, setCommentText, setHidden } from './report-store.ts';
import type { PullRecord } from './types.ts';

export type CommentDeps = { readonly db: Db; readonly log: Log; readonly now: () => number };

/** Where comments go. */
export type CommentTarget = {
  /** The work that has something to say: once it was lost to another worker, that one says it. */
  readonly task: Pick<Task, 'assertHeld' | 'attempt'>;
  readonly host: VcsHost;
  readonly pull: PullRecord;
  readonly commandId: number | null;
};

export type NewComment = {
  /** Names it within its pull request: the same key is never written twice, whatever happens in between. */
  readonly key: string;
  readonly body: string;
};

/**
 * Writes a comment, once. Throws `task_lost`, or `host_unavailable`, and then is to be called again: also where the host
 * refuses it, as long as that may pass. A comment that is refused for good is left out, and the log says so: what it
 * tells of has happened all the same.
 */
export async function postComment(deps: CommentDeps, target: CommentTarget, comment: NewComment): Promise<void> {
  const { host, pull, commandId } = target;
  if (!host.pulls) return;
  const ref: PullRef = { fullName: pull.repo.fullName, number: pull.number };
  const text = { heading: comment.body.split('\n', 1)[0] ?? '', bodyDigest: digestOf(comment.body) };
  const row = { pullId: pull.id, commandId, key: comment.key, ...text, now: deps.now() };
  const isFirst = await deps.db.transaction(async (tx) => {
    await target.task.assertHeld(tx);
    return insertComment(tx, row);
  });
  try {
    const written = isFirst ? undefined : await findWritten(deps, host.pulls, { ref, pull, comment });
    if (!isFirst && written === undefined) await deps.db.transaction((tx) => setCommentText(tx, row, text));
    const id = written ?? (await host.pulls.createComment(ref, comment.body));
    await deps.db.transaction((tx) => setCommentId(tx, { pullId: pull.id, key: comment.key }, id));
  } catch (error) {
    if (!isPolderError(error, 'host_refused')) throw error;
    if (mayComeThrough(target.task, error)) throw new PolderError('host_unavailable', error.message, { cause: error });
    deps.log.error({ pull: pull.url, err: error }, 'a comment could not be posted');
  }
}

/** Some seconds, with the pauses between them: statuses wait for it, and the commands that come after. */
const lastRefusal = 3;

/** Hosts refuse for a moment too: a pull request that not all of their servers know yet, rights that are being changed. */
export function mayComeThrough({ attempt }: Pick<Task, 'attempt'>, refusal: PolderError): boolean {
  return isLoginRefused(refusal) || attempt < lastRefusal;
}

type Lost = { readonly ref: PullRef; readonly pull: PullRecord; readonly comment: NewComment };

/**
 * The id of a comment that somebody began to write and may have been stopped at: one of the text that was to be written then,
 * which may be another than now, and none of those whose ids we know.
 */
async function findWritten(deps: CommentDeps, pulls: PullHost, lost: Lost): Promise<string | undefined> {
  const own = await selectComments(deps.db, lost.pull.id);
  const noted = own.find(({ key }) => key === lost.comment.key);
  if (noted?.commentId) return noted.commentId;
  const known = new Set(own.map(({ commentId }) => commentId));
  const comments = await pulls.listComments(lost.ref);
  return comments.find(({ id, body }) => !known.has(id) && digestOf(body) === noted?.bodyDigest)?.id;
}

function digestOf(body: string): string {
  return createHash('sha256').update(comparable(body)).digest('hex');
}

/** Hosts may change the ends of lines, and blanks around a text; what they would carry out is sent with a blank before it. */
function comparable(body: string): string {
  return body
    .replaceAll('\r\n', '\n')
    .replace(/^ (?=\/)/gm, '')
    .trim();
}

/**
 * Folds away our earlier comments whose heading names this result and, where one is given, this folder. Goes wrong
 * without harm: an earlier comment then stays open.
 */
export async function hideEarlier(
  deps: CommentDeps,
  target: CommentTarget,
  which: { readonly title: string; readonly dir: string | null; readonly before: string },
): Promise<void> {
  const { host, pull } = target;
  if (!host.pulls || !host.capabilities.hideComments) return;
  const title = which.title.toLowerCase();
  const earlier = (await selectComments(deps.db, pull.id)).filter(
    ({ key, heading, hidden, commentId }) =>
      !hidden &&
      commentId !== null &&
      !key.startsWith(which.before) &&
      heading.toLowerCase().includes(title) &&
      (which.dir === null || heading.includes(`dir: ${codeSpan(which.dir)} `)),
  );
  const ids = earlier.flatMap(({ commentId }) => commentId ?? []);
  if (ids.length === 0) return;
  try {
    await host.pulls.hideComments({ fullName: pull.repo.fullName, number: pull.number }, ids);
    await setHidden(
      deps.db,
      earlier.map(({ id }) => id),
      deps.now(),
    );
  } catch (error) {
    deps.log.warn({ pull: pull.url, err: error }, 'earlier comments could not be hidden');
  }
}
