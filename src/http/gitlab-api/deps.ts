import type { OverLimit, Revisions, StopActions } from '../../environments/index.ts';
import type { CommitInfo } from '../../git/index.ts';
import type { Repo } from '../../repos/index.ts';
import type { HttpDeps, HttpSettings } from '../deps.ts';

/** What GitLab's side of HTTP needs of the app. */
export type GitlabDeps = Pick<HttpDeps, 'db' | 'log' | 'now' | 'hosts'> & {
  readonly settings: Pick<HttpSettings, 'baseUrl'>;
  /** What has to be run to stop environments. */
  readonly stopActions: StopActions;
  readonly overLimit: OverLimit;
  readonly revisions: Pick<Revisions, 'findCommit' | 'hasBranchOrTag' | 'messagesSince'>;
  /** Those of the commits that the repo's mirror has, by full id. Never fetches. */
  readCommits(repo: Repo, shas: readonly string[]): Promise<ReadonlyMap<string, CommitInfo>>;
};
