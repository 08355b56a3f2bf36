import type { Insertable } from 'kysely';
import { ensureSystemUser } from '../../src/access/index.ts';
import type { Db, EnvironmentsTable } from '../../src/db/index.ts';
import { protectEnvironment, registerAgent } from '../../src/environments/index.ts';
import type { Repo } from '../../src/repos/index.ts';

/** An environment written straight into the database, that no project owns and nothing was deployed to. */
export async function insertEnvironment(
  db: Db,
  repo: Pick<Repo, 'id'>,
  row: { readonly name: string } & Partial<Insertable<EnvironmentsTable>>,
): Promise<number> {
  const { name, ...rest } = row;
  const [, folder, inFolder] = /^([^/]*)\/+(.*)$/.exec(name) ?? [];
  const { id } = await db.query
    .insertInto('environments')
    .values({
      repo_id: repo.id,
      name,
      name_key: name.toLowerCase(),
      rest_key: inFolder?.toLowerCase() ?? null,
      folder: folder ?? null,
      slug: name.replaceAll('/', '-'),
      tier: 'other',
      state: 'available',
      auto_stop_setting: 'always',
      created_at: 1000,
      updated_at: 1000,
      ...rest,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

type Place = { readonly db: Db; readonly repo: Pick<Repo, 'id'> };

/** Registers a cluster agent of the repo and gives its id. */
export async function insertAgent({ db, repo }: Place): Promise<number> {
  const actor = await ensureSystemUser(db, 'polder', 1000);
  const result = await registerAgent(db, { repoId: repo.id, name: 'agent-1' }, { actor, now: 1000 });
  if (result.kind === 'refused') throw new Error(result.message);
  return result.agent.id;
}

/** Lets only those of a level (30: developers, 40: maintainers) deploy to an environment of the repo. */
export async function protect({ db, repo }: Place, name: string, accessLevel: 30 | 40): Promise<void> {
  const rule = { userId: null, groupId: null, accessLevel, groupInheritanceType: null, requiredApprovals: null };
  const actor = await ensureSystemUser(db, 'polder', 1000);
  const scope = { kind: 'repo', repoId: repo.id } as const;
  const order = { scope, name, actor, now: 1000, deployRules: [rule], approvalRules: [] };
  const result = await protectEnvironment(db, order);
  if (result.kind !== 'protected') throw new Error(`protecting ${name}: ${result.kind}`);
}
