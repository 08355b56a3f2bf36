import type { Insertable } from 'kysely';
import type { Db, EnvironmentsTable } from '../../src/db/index.ts';
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
