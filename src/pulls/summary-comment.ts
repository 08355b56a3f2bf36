import { renderSummary } from '../comments/index.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { postComment } from './post-comment.ts';
import { selectProjects, selectPull } from './pull-store.ts';
import { selectComments } from './report-store.ts';

/**
 * Writes the comment that tells where the pull request stands over, or makes it when there is none (any more). Goes wrong
 * without harm: the next command tells it again.
 */
export async function updateSummary(deps: PullDeps, context: CommandContext): Promise<void> {
  if (!deps.pullSettings.summaryComment) return;
  const { task, command, host, pulls, ref, log } = context;
  try {
    const pull = await selectPull(deps.db, command.pull.repo, command.pull.number);
    if (!pull?.planned) return;
    const body = renderSummary({
      projects: (await selectProjects(deps.db, pull.id)).map(({ projectName, ...rest }) => ({
        name: projectName,
        ...rest,
      })),
      headSha: pull.planned.headSha,
      flavour: host.capabilities.markdown,
      maxLength: host.capabilities.maxCommentLength,
    });
    const own = (await selectComments(deps.db, pull.id)).filter(({ key }) => key.startsWith('summary:'));
    const last = own.at(-1);
    if (last?.commentId && (await pulls.updateComment(ref, { id: last.commentId, body }))) return;
    const key = last && last.commentId === null ? last.key : `summary:${own.length}`;
    await postComment(deps, { task, host, pull, commandId: null }, { key, body });
  } catch (error) {
    log.warn({ err: error }, 'the summary of a pull request could not be written');
  }
}
