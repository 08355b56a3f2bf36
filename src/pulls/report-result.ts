import type { Selection } from '../commands/index.ts';
import {
  type CommandResult,
  type LogEntry,
  type ReportedCommand,
  renderCommandComment,
  splitComment,
  titles,
} from '../comments/index.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { hideEarlier, postComment } from './post-comment.ts';
import { commandView } from './result-view.ts';

export type Result = {
  readonly command: ReportedCommand;
  readonly result: CommandResult;
  /** What the comment selected; null for a plan without a comment. */
  readonly selection: Selection | null;
  /** What `--verbose` asks for; null without. */
  readonly log: readonly LogEntry[] | null;
};

/** Comments what came of a command, in as many pieces as the host needs, each of them once. */
export async function reportResult(deps: PullDeps, context: CommandContext, report: Result): Promise<void> {
  const { host, command: asked } = context;
  const { pullSettings: settings } = deps;
  const tooMany = report.result.kind === 'ran' && report.result.projects.length > settings.maxProjectStatuses;
  const view = commandView(settings, { markdown: host.capabilities.markdown, tooMany, ...report });
  const text = renderCommandComment(view);
  if (text === undefined) return;
  const target = { host, pull: asked.pull, commandId: asked.id };
  const key = `${asked.id}:result:`;
  if (settings.hidePrevPlanComments) {
    const dir = report.selection?.paths.find(({ directory }) => directory !== undefined)?.directory ?? null;
    await hideEarlier(deps, target, { title: titles[report.command], dir, before: key });
  }
  const pieces = splitComment(text, {
    maxLength: host.capabilities.maxCommentLength,
    maxComments: settings.maxCommentsPerCommand,
    command: report.command === 'state_rm' ? 'state' : report.command,
  });
  for (const [index, body] of pieces.entries()) await postComment(deps, target, { key: `${key}${index}`, body });
}
