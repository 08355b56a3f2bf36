import type { Repo } from '../../repos/index.ts';
import type { HttpDeps, HttpSettings } from '../deps.ts';

/** A commit as git tells it. Dates keep the author's and committer's offset: `2016-08-11T09:36:01+02:00`. */
export type CommitInfo = {
  readonly sha: string;
  readonly parents: readonly string[];
  /** The whole message, with its last line break. */
  readonly message: string;
  readonly author: CommitPerson;
  readonly committer: CommitPerson;
};

type CommitPerson = { readonly name: string; readonly email: string; readonly date: string };

/** What GitLab's side of HTTP needs of the app. */
export type GitlabDeps = Pick<HttpDeps, 'db' | 'log' | 'now'> & {
  readonly settings: Pick<HttpSettings, 'baseUrl'>;
  /** A commit of the repo's mirror; null when it is not there. Never fetches. */
  readCommit(repo: Repo, sha: string): Promise<CommitInfo | null>;
};
