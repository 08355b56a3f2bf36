import { statSync } from 'node:fs';

/** What mirrors were seen to have, so that git need not be started to hear it again: a commit does not go away by itself. */
export type SeenCommits = {
  note(mirror: string, sha: string): void;
  has(mirror: string, sha: string): boolean;
  /** Git has thrown away what no ref leads to. */
  forget(mirror: string): void;
};

/** More than any server has in hand at once; the oldest go first. */
const mostCommits = 1_000;

export function createSeenCommits(): SeenCommits {
  const seen = new Map<string, string>();
  const keyOf = (mirror: string, sha: string) => `${sha} ${mirror}`;
  return {
    note: (mirror, sha) => {
      const made = identityOf(mirror);
      if (made === undefined) return;
      seen.set(keyOf(mirror, sha), made);
      const [oldest] = seen.size > mostCommits ? seen.keys() : [];
      if (oldest !== undefined) seen.delete(oldest);
    },
    has: (mirror, sha) => {
      const made = seen.get(keyOf(mirror, sha));
      return made !== undefined && made === identityOf(mirror);
    },
    forget: (mirror) => {
      for (const key of seen.keys()) if (key.endsWith(` ${mirror}`)) seen.delete(key);
    },
  };
}

/** A mirror that was lost and fetched again is another one. */
function identityOf(mirror: string): string | undefined {
  const found = statSync(mirror, { throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino} ${found.birthtimeMs}`;
}
