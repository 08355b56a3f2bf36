import { findRepo, type RepoLookup } from '../../repos/index.ts';
import { hostTypes } from '../../vcs/index.ts';
import type { HttpContext } from '../deps.ts';

type RepoToLock =
  | Extract<RepoLookup, { kind: 'found' }>
  | { readonly kind: 'not_allowed' | 'unclear'; readonly message: string };

/** The repo of that full name, or of `<host>/<full name>`, on any host of this server: a lock's request names no type. */
export async function findRepoToLock(context: HttpContext, reference: string): Promise<RepoToLock> {
  const found: Extract<RepoLookup, { kind: 'found' }>[] = [];
  let refusal: RepoLookup | undefined;
  for (const hostType of hostTypes) {
    const host = context.hosts.byType(hostType);
    if (host === undefined) continue;
    const prefix = `${host.hostname}/`;
    const names = reference.startsWith(prefix) ? [reference, reference.slice(prefix.length)] : [reference];
    for (const fullName of names) {
      const result = await findRepo(context, { hostType, fullName });
      if (result.kind === 'found') found.push(result);
      if (result.kind === 'not_allowed') refusal = result;
    }
  }
  const [repo] = found;
  if (repo === undefined) return unclear(refusal, reference);
  if (found.length === 1) return repo;
  const choices = found.map(({ repo: { host, fullName } }) => `${host}/${fullName}`).join(', ');
  return { kind: 'unclear', message: `repo_full_name ${JSON.stringify(reference)} could be any of ${choices}` };
}

function unclear(refusal: RepoLookup | undefined, reference: string): RepoToLock {
  if (refusal?.kind === 'not_allowed') return { kind: 'not_allowed', message: refusal.message };
  return { kind: 'unclear', message: `repository ${JSON.stringify(reference)} not found` };
}
