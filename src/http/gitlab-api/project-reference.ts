import { canSee, type Principal } from '../../access/index.ts';
import type { DbHandle } from '../../db/index.ts';
import { findReposByReference, getRepo, type Repo } from '../../repos/index.ts';
import { type Answer, messageAnswer, projectNotFound } from './answer.ts';

export type ProjectLookup =
  | { readonly kind: 'found'; readonly repo: Repo }
  | { readonly kind: 'refused'; readonly answer: Answer };

/**
 * The repo that `:id` of a path means: its id, its full name whatever the case, or `<host>/<full name>`, the form to
 * use when two hosts have that name. A repo that the caller may not see is as good as none.
 */
export async function findProject(handle: DbHandle, reference: string, principal: Principal): Promise<ProjectLookup> {
  const candidates = await candidatesFor(handle, reference);
  const visible = candidates.filter((repo) => canSee(principal, repo));
  const [repo] = visible;
  if (!repo) return { kind: 'refused', answer: projectNotFound };
  if (visible.length === 1) return { kind: 'found', repo };
  const forms = visible.map(({ host, fullName }) => `${host}/${fullName}`).join(' or ');
  return { kind: 'refused', answer: messageAnswer(404, `404 Project Not Found: several hosts have it, use ${forms}`) };
}

async function candidatesFor(handle: DbHandle, reference: string): Promise<Repo[]> {
  if (/^-?\d+$/.test(reference)) {
    const id = Number(reference);
    const repo = Number.isSafeInteger(id) ? await getRepo(handle, id) : undefined;
    return repo ? [repo] : [];
  }
  return reference.includes('/') ? findReposByReference(handle, reference) : [];
}
