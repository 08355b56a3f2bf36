import type { Handler } from '../queue/index.ts';
import { getRepo } from '../repos/index.ts';
import type { PullDeps } from './deps.ts';
import { selectPull } from './pull-store.ts';
import { tellDiscarded } from './unlock-pull.ts';

/** The queue's handler for the statuses of a pull request whose plans were thrown away from outside. */
export function settleStatuses(deps: PullDeps): Handler {
  return async (task) => {
    const repo = await getRepo(deps.db, Number(task.payload.repoId));
    const pull = repo && (await selectPull(deps.db, repo, Number(task.payload.number)));
    const host = repo && deps.hosts.byHostname(repo.host);
    if (pull && host) await tellDiscarded(deps, { host, pull });
  };
}
