import type { DbHandle } from '../../db/index.ts';
import type { CommitInfo, CommitReader } from '../../git/index.ts';
import { findCommits, insertCommits } from './commit-store.ts';

const mostRemembered = 5000;
/** How long a commit that the mirror does not have is not looked for again. */
const absentMs = 60_000;

/**
 * A reader that asks git once for each commit: asking takes two processes, and each list of deployments shows many
 * commits. The last ones are remembered, all are kept in the database, where they outlive the mirror.
 */
export function keepCommits(
  deps: { readonly db: DbHandle; readonly now: () => number },
  reader: CommitReader,
): CommitReader {
  const remembered = new Map<string, CommitInfo>();
  const absentUntil = new Map<string, number>();
  const keyOf = (repoId: number, sha: string) => `${repoId} ${sha}`;
  /** Those that it finds are taken out of `wanted`. */
  const take = (repoId: number, wanted: Set<string>, found: ReadonlyMap<string, CommitInfo>) => {
    for (const [sha, commit] of found) {
      wanted.delete(sha);
      put(remembered, keyOf(repoId, sha), commit);
    }
  };
  return {
    read: async (repoId, shas) => {
      const wanted = new Set(shas);
      const all = new Map<string, CommitInfo>();
      for (const sha of wanted) {
        const commit = remembered.get(keyOf(repoId, sha));
        if (commit) all.set(sha, commit);
      }
      take(repoId, wanted, all);
      const kept = await findCommits(deps.db, repoId, [...wanted]);
      take(repoId, wanted, kept);
      const asked = [...wanted].filter((sha) => (absentUntil.get(keyOf(repoId, sha)) ?? 0) <= deps.now());
      const read: ReadonlyMap<string, CommitInfo> = asked.length > 0 ? await reader.read(repoId, asked) : new Map();
      await insertCommits(deps.db, repoId, [...read.values()]);
      take(repoId, wanted, read);
      for (const sha of wanted) put(absentUntil, keyOf(repoId, sha), deps.now() + absentMs);
      return new Map([...all, ...kept, ...read]);
    },
  };
}

/** Puts an entry last, and takes the first one out when there are too many. */
function put<T>(entries: Map<string, T>, key: string, value: T): void {
  entries.delete(key);
  entries.set(key, value);
  const [first] = entries.keys();
  if (entries.size > mostRemembered && first !== undefined) entries.delete(first);
}
