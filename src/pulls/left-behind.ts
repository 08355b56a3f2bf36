import type { Run } from '../runs/index.ts';
import { selectOpenCommands } from './command-store.ts';
import type { CommandContext, PullDeps } from './deps.ts';

/**
 * Whether a run was stopped because something newer makes it needless: then its end is not told, since what is newer
 * tells its own. Who asked for a plan in a comment is answered all the same: a push need not plan that, or anything.
 */
export async function isLeftBehind(deps: PullDeps, { command }: CommandContext, run: Run): Promise<boolean> {
  if (run.state !== 'cancelled') return false;
  const open = await selectOpenCommands(deps.db, command.pull.id);
  const replacing = command.work.kind === 'comment' ? ['close'] : ['autoplan', 'close'];
  return open.some(({ id, kind }) => id > command.id && replacing.includes(kind));
}
