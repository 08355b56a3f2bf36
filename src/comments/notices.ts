import { inByteOrder } from '../lib/byte-order.ts';
import { codeSpan, fence, inlineText } from './markdown.ts';

/** A project's lock as the comment on a closed pull request names it. */
export type ReleasedLock = { readonly dir: string; readonly workspace: string };

/**
 * Comments that are no command's result. People and their tools know these texts from Atlantis; where one says
 * something else there, `docs/migrating-from-atlantis.md` says why.
 */
export const notices = {
  repoNotAllowed: () => fence('Error: This repo is not allowlisted for Atlantis.'),

  forkPull: () =>
    "Atlantis commands can't be run on fork pull requests. To enable, set --allow-fork-prs  or, to disable this " +
    'message, set --silence-fork-pr-errors',

  closedPull: () => "Atlantis commands can't be run on closed pull requests",

  notPermitted: (who: { login: string; command: string }) =>
    fence(`Error: User @${who.login} does not have permissions to execute '${who.command}' command.`),

  applyDisabled: (executableName: string) => `**Error:** Running \`${executableName} apply\` is disabled.`,

  applyAllDisabled: (executableName: string) =>
    `**Error:** Running \`${executableName} apply\` without flags is disabled. You must specify which project to ` +
    'apply via the `-d <dir>`, `-w <workspace>` or `-p <project name>` flags.',

  unlocked: () => 'All Atlantis locks for this PR have been unlocked and plans discarded',

  unlockForbidden: (label: string) => `Not allowed to unlock PR with ${inlineText(label)} label`,

  unlockLabelsUnknown: () => 'Failed to retrieve PR labels... Not unlocking',

  /** How many commands waited, and how many were under way. */
  cancelled: ({ queued, running }: { queued: number; running: number }) => {
    if (queued + running === 0) return 'Nothing is queued or running for this pull request, so nothing was cancelled.';
    const stopped = running > 0 ? ['What is running is being stopped, and tells how far it came.'] : [];
    const dropped = queued > 0 ? ['Cancelled all queued operations for this pull request.'] : [];
    return `${[...dropped, ...stopped].join(' ')}\nNew operations can now be started.`;
  },

  planDiscardedOnPage: ({ dir, workspace }: ReleasedLock) =>
    `**Warning**: The plan for dir: ${codeSpan(dir)} workspace: ${codeSpan(workspace)} was **discarded** via the ` +
    'Atlantis UI.\n\nTo `apply` this plan you must run `plan` again.',

  automerged: () => 'Automatically merging because all plans have been successfully applied.',

  automergeFailed: (reason: string) => `Automerging failed:\n${fence(reason)}`,

  /** Empty when the pull request held no lock: then nothing is posted. */
  pullClosed: (locks: readonly ReleasedLock[]) => {
    if (locks.length === 0) return '';
    const heading = 'Locks and plans deleted for the projects and workspaces modified in this pull request:';
    return `${heading}\n\n${releasedLines(locks).join('\n')}`;
  },

  /** For what should not happen; the log has the rest. */
  crashed: (reason: string) => `**Error: this is a bug of Polder.**\n${fence(reason)}`,

  /** Whether the text is one of these that begins like a command. */
  isOurs: (body: string) => body.startsWith("Atlantis commands can't be run on "),
} as const;

function releasedLines(locks: readonly ReleasedLock[]): string[] {
  const dirs = [...new Set(locks.map(({ dir }) => dir))].sort(inByteOrder);
  return dirs.map((dir) => {
    const workspaces = new Set(locks.filter((lock) => lock.dir === dir).map(({ workspace }) => workspace));
    const names = [...workspaces].sort(inByteOrder).map(codeSpan);
    return `- dir: ${codeSpan(dir)} ${names.length === 1 ? 'workspace' : 'workspaces'}: ${names.join(', ')}`;
  });
}
