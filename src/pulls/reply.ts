import type { CommandContext } from './deps.ts';
import { type CommentDeps, postComment } from './post-comment.ts';

/** Comments on the pull request of a command. `key` names the comment within what the command says; it is written once. */
export async function reply(
  deps: CommentDeps,
  { task, host, command }: Pick<CommandContext, 'task' | 'host' | 'command'>,
  comment: { readonly key: string; readonly body: string },
): Promise<void> {
  const target = { task, host, pull: command.pull, commandId: command.id };
  await postComment(deps, target, { key: `${command.id}:${comment.key}`, body: comment.body });
}
