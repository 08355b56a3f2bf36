import { type Actor, recordAudit } from '../access/index.ts';
import { type Db, lockRow } from '../db/index.ts';
import { getRepo, setVisibility } from './store.ts';
import type { Repo } from './types.ts';

/** Makes a repo public or private, and writes down who did. Gives the repo as it is then; undefined without one. */
export async function changeVisibility(
  db: Db,
  order: {
    readonly repoId: number;
    readonly visibility: Repo['visibility'];
    readonly actor: Actor;
    /** Milliseconds since the epoch. */
    readonly now: number;
  },
): Promise<Repo | undefined> {
  const { repoId, visibility, actor, now } = order;
  return db.transaction(async (tx) => {
    await lockRow(tx, 'repos', repoId);
    const repo = await getRepo(tx, repoId);
    if (!repo || repo.visibility === visibility) return repo;
    await setVisibility(tx, repoId, visibility);
    await recordAudit(tx, {
      ...{ actorId: actor.id, action: 'repo.visibility', repoId, subject: repo.fullName, now },
      details: { from: repo.visibility, to: visibility },
    });
    return { ...repo, visibility };
  });
}
