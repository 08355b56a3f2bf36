import { type CommentLanguage, ignoredCommentNotice, parseComment } from '../commands/index.ts';
import { notices } from '../comments/index.ts';
import { withoutPort } from '../lib/without-port.ts';
import type { VcsEvent, VcsHost } from '../vcs/index.ts';
import type { PullSettings } from './settings.ts';
import type { Work } from './types.ts';

/** The reply to a delivery, without the newline that ends it, and what is to be done about it. */
export type Verdict = {
  readonly status: 200 | 403;
  readonly text: string;
  readonly action:
    | { readonly kind: 'nothing' }
    /** Answered as it stands. `react`: the comment that asked for it is reacted to. */
    | { readonly kind: 'notice'; readonly body: string; readonly react: string | null }
    | { readonly kind: 'work'; readonly work: Work };
};

export type EventContext = {
  readonly host: Pick<VcsHost, 'type' | 'hostname' | 'capabilities' | 'webhooks'>;
  /** Whether the allow-list admits the repo. */
  readonly isAllowed: boolean;
  /** Our account on the host; null where it has none, or it is not known. */
  readonly ownLogin: string | null;
  readonly settings: PullSettings;
};

const nothing = { kind: 'nothing' } as const;
const nonActionableReply = 'Ignoring non-actionable pull request event';

/**
 * What an event means, and what its delivery is answered. Pure: the repository's rules, the pull request as it is now
 * and the sender's rights are looked at when the work begins.
 */
export function judgeEvent(event: VcsEvent, context: EventContext): Verdict {
  return event.kind === 'comment' ? judgeComment(event, context) : judgePullEvent(event, context);
}

function judgeComment(event: Extract<VcsEvent, { kind: 'comment' }>, context: EventContext): Verdict {
  const { comment } = event;
  const ignored: Verdict = { status: 200, text: ignoredCommentNotice(comment.body), action: nothing };
  if (isOwn(comment, context)) return ignored;
  const parsed = parseComment(comment.body, languageOf(context));
  if (parsed.kind === 'ignored') return ignored;
  if (!context.isAllowed) return notAllowed('repo not allowlisted', refusalNotice(context), context);
  if (parsed.kind === 'reply') {
    const action = { kind: 'notice', body: parsed.text, react: comment.id } as const;
    return { status: 200, text: 'Commenting back on pull request', action };
  }
  const work: Work = { kind: 'comment', command: parsed.command, commentId: comment.id };
  return { status: 200, text: 'Processing...', action: { kind: 'work', work } };
}

function judgePullEvent(event: Exclude<VcsEvent, { kind: 'comment' }>, context: EventContext): Verdict {
  const isIdle = event.kind !== 'pull_closed' && event.pull.draft && !context.settings.allowDraftPrs;
  if (isIdle) return judgeIdle(event.repoFullName, context);
  if (!context.isAllowed) {
    return repoNotAllowed(event.repoFullName, context, event.kind === 'pull_opened' ? refusalNotice(context) : nothing);
  }
  if (event.kind === 'pull_closed') {
    const work: Work = { kind: 'close', merged: event.merged };
    return { status: 200, text: 'Pull request cleaned successfully', action: { kind: 'work', work } };
  }
  return { status: 200, text: 'Processing...', action: { kind: 'work', work: { kind: 'autoplan' } } };
}

/** What happened on a pull request and starts nothing, such as a label, or a push to a draft. */
export function judgeIdle(repoFullName: string | null, context: Pick<EventContext, 'host' | 'isAllowed'>): Verdict {
  if (context.isAllowed || repoFullName === null) return { status: 200, text: nonActionableReply, action: nothing };
  return repoNotAllowed(repoFullName, context, nothing);
}

function repoNotAllowed(fullName: string, context: Pick<EventContext, 'host'>, action: Verdict['action']): Verdict {
  const text = `pull request event from non-allowlisted repo '${withoutPort(context.host.hostname)}/${fullName}'`;
  return notAllowed(text, action, context);
}

function notAllowed(text: string, action: Verdict['action'], { host }: Pick<EventContext, 'host'>): Verdict {
  return { status: host.webhooks?.statusWhenNotAllowed ?? 403, text, action };
}

function refusalNotice({ settings }: EventContext): Verdict['action'] {
  if (settings.silenceAllowlistErrors) return nothing;
  return { kind: 'notice', body: notices.repoNotAllowed(), react: null };
}

/**
 * People may work with the account that the server uses too, so that its comments are not ignored altogether: only those
 * of an app, and the few texts of ours that could be read as a command.
 */
function isOwn(
  comment: { readonly author: string; readonly byBot: boolean; readonly body: string },
  { ownLogin }: EventContext,
): boolean {
  if (ownLogin === null || comment.author.toLowerCase() !== ownLogin.toLowerCase()) return false;
  return comment.byBot || notices.isOurs(comment.body);
}

function languageOf({ host, ownLogin, settings }: EventContext): CommentLanguage {
  const { executableName, allowCommands, blockedExtraArgs, enableRegexpCmd } = settings;
  return {
    executableName,
    botLogin: ownLogin,
    allowCommands,
    blockedExtraArgs,
    enableRegexpCmd,
    hostType: host.type,
    mergeMethods: host.capabilities.mergeMethods,
  };
}
