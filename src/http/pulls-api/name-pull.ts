import type { FastifyRequest } from 'fastify';
import { canSee } from '../../access/index.ts';
import { findRepo, findReposByName, getRepo, type Repo } from '../../repos/index.ts';
import { type LocalPull, listLocalPulls } from '../../vcs/local/index.ts';
import { type ApiAbility, callerOf, refusalFor } from '../auth.ts';
import type { HttpContext } from '../deps.ts';

export type Refused = { readonly kind: 'refused'; readonly status: 400 | 403 | 404 | 409; readonly error: string };
/** A pull request that the caller may see, and its repo. */
export type NamedPull = { readonly kind: 'named'; readonly pull: LocalPull; readonly repo: Repo };

type Naming = {
  readonly number: number;
  /** As the query says it. */
  readonly repo: string | undefined;
  /** As the body says it, where there is one. */
  readonly bodyRepo?: string | undefined;
};

/**
 * The pull request that a number and, where several repos have one of that number, the name of the repo say. Those of
 * repos that the caller may not see do not exist for them.
 */
export async function namePull(
  context: HttpContext,
  request: FastifyRequest,
  { number, repo: name, bodyRepo = name }: Naming,
): Promise<NamedPull | Refused> {
  if (name !== undefined && bodyRepo !== name) {
    return refused(400, `"repo" is ${JSON.stringify(name)} in the query, and ${JSON.stringify(bodyRepo)} in the body`);
  }
  return namedPull(context, request, { number, name: bodyRepo });
}

async function namedPull(
  context: HttpContext,
  request: FastifyRequest,
  { number, name }: { readonly number: number; readonly name: string | undefined },
): Promise<NamedPull | Refused> {
  const wanted = name === undefined ? [{ number }] : namesOf(name).map((fullName) => ({ number, fullName }));
  const pulls = (await Promise.all(wanted.map((filter) => listLocalPulls(context.db, filter)))).flat();
  const visible = await withRepos(context, request, pulls);
  const [found] = visible;
  if (found === undefined) {
    const whose = name === undefined ? '' : ` of ${JSON.stringify(name)}`;
    return refused(404, `there is no pull request ${number}${whose}`);
  }
  if (visible.length === 1) return { kind: 'named', ...found };
  const choices = visible.map(({ repo }) => repo.fullName).sort();
  const few = `${choices.slice(0, 20).join(', ')}${choices.length > 20 ? ' and others' : ''}`;
  return refused(400, `pull request ${number} could be of any of ${few}: say which by "repo"`);
}

/** `<full name>`, or `local/<full name>`. */
function namesOf(name: string): readonly string[] {
  return name.startsWith('local/') ? [name, name.slice('local/'.length)] : [name];
}

/** Each pull request with its repo; those that the caller may not see are left out. */
export async function withRepos(
  context: HttpContext,
  request: FastifyRequest,
  pulls: readonly LocalPull[],
): Promise<{ pull: LocalPull; repo: Repo }[]> {
  const names = [...new Set(pulls.map(({ fullName }) => fullName))];
  const rows = await Promise.all(names.map((name) => findReposByName(context.db, name)));
  const repos = rows.flat().filter((repo) => repo.host === 'local' && canSee(callerOf(request), repo));
  return pulls.flatMap((pull) =>
    repos.filter((repo) => repo.fullName === pull.fullName).map((repo) => ({ pull, repo })),
  );
}

/** The full name that a list is to be of: the one that is asked for, or that the caller's token is for. */
export async function listedName(
  context: HttpContext,
  request: FastifyRequest,
  name: string | undefined,
): Promise<{ readonly fullName?: string } | Refused> {
  const { repoId } = callerOf(request);
  const own = repoId === null ? undefined : await getRepo(context.db, repoId);
  if (name === undefined) return own ? { fullName: own.host === 'local' ? own.fullName : '' } : {};
  const rows = await Promise.all(namesOf(name).map((fullName) => findReposByName(context.db, fullName)));
  const repo = rows.flat().find((row) => row.host === 'local' && canSee(callerOf(request), row));
  return repo ? { fullName: repo.fullName } : refused(400, `repository ${JSON.stringify(name)} is not known here`);
}

type Wanted = {
  readonly fullName: string;
  readonly ability: ApiAbility;
  /** The row that it has had; given where it need not be on the disk any more. */
  readonly known?: Repo | undefined;
};

/** The local repo of that name, provided that it is allowed here and the caller may do this to it. */
export async function repoFor(
  context: HttpContext,
  request: FastifyRequest,
  { fullName, ability, known }: Wanted,
): Promise<Repo | Refused> {
  const found = await findRepo(context, { hostType: 'Local', fullName });
  if (found.kind === 'not_allowed') return refused(403, found.message);
  const isGone = found.kind === 'not_found' && known !== undefined && context.isAllowed(known.host, fullName);
  if (isGone) return permitted(request, ability, known);
  return found.kind === 'found' ? permitted(request, ability, found.repo) : refused(400, found.message);
}

function permitted(request: FastifyRequest, ability: ApiAbility, repo: Repo): Repo | Refused {
  const refusal = refusalFor(callerOf(request), ability, repo);
  return refusal === undefined ? repo : refused(403, refusal);
}

export function refused(status: Refused['status'], error: string): Refused {
  return { kind: 'refused', status, error };
}

export function isRefused(answer: object): answer is Refused {
  return 'kind' in answer && answer.kind === 'refused' && 'status' in answer;
}
