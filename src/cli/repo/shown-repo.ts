import type { Repo } from '../../repos/index.ts';

/** A repository as it is printed for programs; the time in ISO 8601. */
export function shownRepo(repo: Repo) {
  return {
    id: repo.id,
    host: repo.host,
    full_name: repo.fullName,
    visibility: repo.visibility,
    created_at: new Date(repo.createdAt).toISOString(),
  };
}
