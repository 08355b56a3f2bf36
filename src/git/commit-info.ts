import { mirrorDir } from './layout.ts';
import { tryGit } from './run-git.ts';
import type { GitDeps } from './types.ts';

/** A commit as git tells it. */
export type CommitInfo = {
  /** Full commit id. */
  readonly sha: string;
  readonly parents: readonly string[];
  /** The whole message, with its last line break. */
  readonly message: string;
  readonly author: CommitPerson;
  readonly committer: CommitPerson;
};

/** `date` keeps the person's offset: `2016-08-11T09:36:01+02:00`. */
type CommitPerson = { readonly name: string; readonly email: string; readonly date: string };

export type CommitReader = {
  /**
   * Those of the commits that the mirror of the repo has, by full id. Never fetches; what the mirror cannot tell is
   * missing in the answer, and the log says why.
   */
  read(repoId: number, shas: readonly string[]): Promise<Map<string, CommitInfo>>;
};

const fields = ['%H', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'];
const fullId = /^[0-9a-f]{40,64}$/;

/** Reads what commits say about themselves. Commits never change, so the last `mostKept` are remembered. */
export function createCommitReader(deps: GitDeps, mostKept = 5_000): CommitReader {
  const kept = new Map<string, CommitInfo>();
  const keep = (key: string, commit: CommitInfo) => {
    kept.delete(key);
    kept.set(key, commit);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  };
  return {
    read: async (repoId, shas) => {
      const found = new Map<string, CommitInfo>();
      const wanted = new Set(shas.filter((sha) => fullId.test(sha)));
      for (const sha of wanted) {
        const commit = kept.get(`${repoId} ${sha}`);
        if (commit) found.set(sha, commit);
      }
      const missing = [...wanted].filter((sha) => !found.has(sha));
      if (missing.length > 0) {
        for (const commit of await readCommits(deps, repoId, missing)) found.set(commit.sha, commit);
      }
      for (const [sha, commit] of found) keep(`${repoId} ${sha}`, commit);
      return found;
    },
  };
}

async function readCommits(deps: GitDeps, repoId: number, shas: readonly string[]): Promise<CommitInfo[]> {
  const gitDir = mirrorDir(deps, repoId);
  const activity = `reading commits of repo ${repoId}`;
  // `log` would give up at the first id that is no commit.
  const types = await tryGit(deps, {
    activity,
    gitDir,
    args: ['cat-file', '--batch-check=%(objectname) %(objecttype)'],
    input: `${shas.join('\n')}\n`,
  });
  const commits =
    'reason' in types ? [] : types.stdout.split('\n').flatMap((line) => / commit$/.exec(line)?.input ?? []);
  const ids = commits.map((line) => line.slice(0, line.indexOf(' ')));
  if ('reason' in types) deps.log.warn({ repoId, reason: types.reason }, 'commits could not be read');
  if (ids.length === 0) return [];
  const log = await tryGit(deps, {
    activity,
    gitDir,
    args: ['log', '--no-walk=unsorted', '--stdin', '-z', `--format=${fields.join('%x00')}`],
    input: `${ids.join('\n')}\n`,
  });
  if (!('reason' in log)) return parseLog(log.stdout);
  deps.log.warn({ repoId, reason: log.reason }, 'commits could not be read');
  return [];
}

/** No field can hold the NUL bytes that stand between them. */
function parseLog(text: string): CommitInfo[] {
  const parts = text.split('\0');
  const commits: CommitInfo[] = [];
  for (let at = 0; at + fields.length <= parts.length; at += fields.length) {
    const [sha = '', parents = '', ...rest] = parts.slice(at, at + fields.length);
    const [authorName = '', authorEmail = '', authorDate = '', ...others] = rest;
    const [committerName = '', committerEmail = '', committerDate = '', message = ''] = others;
    commits.push({
      sha,
      parents: parents === '' ? [] : parents.split(' '),
      message,
      author: { name: authorName, email: authorEmail, date: authorDate },
      committer: { name: committerName, email: committerEmail, date: committerDate },
    });
  }
  return commits;
}
