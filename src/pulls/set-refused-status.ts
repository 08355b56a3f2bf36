import { PolderError } from '../lib/errors.ts';
import type { Handler } from '../queue/index.ts';
import { getRepo } from '../repos/index.ts';
import type { PullDeps } from './deps.ts';
import { selectPull } from './pull-store.ts';
import { selectStatus } from './report-store.ts';
import { setLastWanted } from './write-statuses.ts';

/** Some seconds with the pauses between them: who refuses then has a reason that lasts. */
const lastAttempt = 4;

/** The queue's handler for a commit status that its host has refused: sets it as it is wanted now. */
export function setRefusedStatus(deps: PullDeps): Handler {
  return async (task) => {
    const { repoId, number, headSha, context } = task.payload;
    const repo = await getRepo(deps.db, Number(repoId));
    const pull = repo && (await selectPull(deps.db, repo, Number(number)));
    const host = repo && deps.hosts.byHostname(repo.host);
    if (!pull || !host) return;
    const of = { pullId: pull.id, headSha: String(headSha) };
    const status = await selectStatus(deps.db, { ...of, context: String(context) });
    if (!status || (await setLastWanted(deps, { host, pull, headSha: of.headSha }, status))) return;
    if (task.attempt < lastAttempt)
      throw new PolderError('host_refused', `setting the status ${status.context}: refused`);
  };
}
