import type { Command } from '../commands/index.ts';
import { type AcceptResult, acceptRun, type RequestedJob, type RunOrder } from '../runs/index.ts';
import type { Pull } from '../vcs/index.ts';
import { setFacts } from './command-store.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import type { CommandFacts } from './types.ts';

export type PullRunOrder = {
  readonly live: Pull;
  readonly command: Command;
  readonly commitSha: string;
  /** What the head was merged into; null when it is checked out itself. */
  readonly mergedInto: string | null;
  readonly jobs: readonly RequestedJob[];
  readonly order: RunOrder;
  /** What the report needs of what was found now. */
  readonly facts?: CommandFacts;
};

/** Has a run accepted for a command, once: a second call gives the same run. */
export function acceptForPull(deps: PullDeps, context: CommandContext, wanted: PullRunOrder): Promise<AcceptResult> {
  const { live, command, commitSha, mergedInto, jobs, order, facts } = wanted;
  const { id, actor, pull } = context.command;
  const { number, url, headSha, headBranch, headRef, baseBranch } = live;
  const target = { number, url, headSha, headBranch, headRef, baseBranch, mergedInto };
  return acceptRun(deps, {
    repo: pull.repo,
    command,
    target: { kind: 'pull', pull: target, commitSha, jobs, order },
    actor,
    trigger: { kind: 'pull', commandId: id },
    idempotency: { key: `pull-command:${id}`, digest: '' },
    ...(facts ? { alongside: (tx) => setFacts(tx, id, facts) } : {}),
  });
}
