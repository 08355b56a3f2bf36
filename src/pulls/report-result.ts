import type { Selection } from '../commands/index.ts';
import {
  type CommandResult,
  type ReportedCommand,
  renderCommandComment,
  splitComment,
  titles,
} from '../comments/index.ts';
import type { RunWithJobs } from '../runs/index.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { hideEarlier, postComment } from './post-comment.ts';
import { commandView } from './result-view.ts';
import { verboseLog } from './verbose-log.ts';

export type Result = {
  readonly command: ReportedCommand;
  readonly result: CommandResult;
  /** The comment that asked for it; null for a plan that nobody asked for. */
  readonly asked: { readonly selection: Selection; readonly verbose: boolean } | null;
  /** The run that carried it out; undefined when there was none. */
  readonly run?: RunWithJobs;
};

/** Comments what came of a command, in as many pieces as the host needs, each of them once. */
export async function reportResult(deps: PullDeps, context: CommandContext, report: Result): Promise<void> {
  const { task, host, command: asked } = context;
  const { pullSettings: settings } = deps;
  const tooMany = report.result.kind === 'ran' && report.result.projects.length > settings.maxProjectStatuses;
  const log = report.asked?.verbose ? verboseLog(context, report.run) : null;
  const view = commandView(settings, { ...report, markdown: host.capabilities.markdown, tooMany, log });
  const text = renderCommandComment(view);
  const target = { task, host, pull: asked.pull, commandId: asked.id };
  const key = `${asked.id}:result:`;
  if (settings.hidePrevPlanComments) {
    const dir = report.asked?.selection.paths.find(({ directory }) => directory !== undefined)?.directory ?? null;
    await hideEarlier(deps, target, { title: titles[report.command], dir, before: key });
  }
  // A result that gets no comment takes the place of earlier ones all the same.
  if (text === undefined) return;
  const pieces = splitComment(text, {
    maxLength: host.capabilities.maxCommentLength,
    maxComments: settings.maxCommentsPerCommand,
    command: report.command === 'state_rm' ? 'state' : report.command,
  });
  for (const [index, body] of pieces.entries()) await postComment(deps, target, { key: `${key}${index}`, body });
}
