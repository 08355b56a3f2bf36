import type { DbHandle } from '../db/index.ts';
import { findReposByReference, type Repo } from '../repos/index.ts';

export type FoundRepo =
  | { readonly kind: 'found'; readonly repo: Repo }
  | { readonly kind: 'refused'; readonly message: string };

/** The one repo that a person means. */
export async function findOneRepo(handle: DbHandle, reference: string): Promise<FoundRepo> {
  const candidates = await findReposByReference(handle, reference);
  const [repo, other] = candidates;
  const quoted = JSON.stringify(reference);
  if (!repo)
    return refused(`the server does not know ${quoted}: it knows a repository from the first request that names it`);
  if (!other) return { kind: 'found', repo };
  const forms = candidates.map(({ host, fullName }) => `${host}/${fullName}`);
  return refused(`several hosts have ${quoted}: write ${forms.join(' or ')}`);
}

function refused(message: string): FoundRepo {
  return { kind: 'refused', message };
}
