import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { type Ability, isForJobs, judge, type Principal, scopeAllows } from '../../access/index.ts';
import { type Group, getRepo, type Repo } from '../../repos/index.ts';
import { type Answer, badText, errorAnswer, forbidden, messageAnswer, projectNotFound } from './answer.ts';
import { admit, insufficientScope } from './credentials.ts';
import type { GitlabDeps } from './deps.ts';
import { findGroup } from './group-reference.ts';
import type { ListAddress } from './pagination.ts';
import { type Exclusive, type ParameterSchema, readParameters } from './parameters.ts';
import { findProject } from './project-reference.ts';
import { readRequest } from './raw-parameters.ts';

/** A request that may go ahead. */
export type Call<Parameters> = {
  readonly principal: Principal;
  readonly tokenId: number;
  /** The credential is the token of a job. */
  readonly byJob: boolean;
  readonly parameters: Parameters;
  readonly address: ListAddress;
  readonly headers: FastifyRequest['headers'];
};

type Description<Schema extends ParameterSchema> = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Under `/api/v4`, in Fastify's notation. */
  readonly path: string;
  readonly summary: string;
  readonly ability: Ability;
  /** Those of path, query and body together, in the order in which GitLab checks them. */
  readonly parameters: Schema;
  readonly exclusive?: Exclusive;
  /** The status of a good answer; 200 when it is left out. */
  readonly status?: 201 | 204;
  /** What a good answer holds; null for nothing. */
  readonly reply: z.ZodType | null;
};

/** One route: how it is described, and what answers it. */
export type Endpoint = Omit<Description<ParameterSchema>, 'exclusive'> & {
  readonly answer: (deps: GitlabDeps, request: FastifyRequest) => Promise<Answer>;
};

/** A route about the server or the caller. */
export function serverEndpoint<Schema extends ParameterSchema>(
  endpoint: Description<Schema> & {
    readonly handle: (deps: GitlabDeps, call: Call<z.output<Schema>>) => Promise<Answer>;
  },
): Endpoint {
  return {
    ...endpoint,
    answer: async (deps, request) => {
      const entry = await enter(deps, request, endpoint);
      if (entry.kind === 'refused') return entry.answer;
      const verdict = judge(entry.call.principal, endpoint.ability, null);
      return verdict === 'allowed' ? endpoint.handle(deps, entry.call) : forbidden;
    },
  };
}

/** A route below `/projects/:id`. What GitLab calls a project is our repo. */
export function projectEndpoint<Schema extends ParameterSchema>(
  endpoint: Description<Schema> & {
    readonly handle: (deps: GitlabDeps, call: Call<z.output<Schema>> & { repo: Repo }) => Promise<Answer>;
  },
): Endpoint {
  return {
    ...endpoint,
    answer: async (deps, request) => {
      const entry = await enter(deps, request, endpoint);
      if (entry.kind === 'refused') return entry.answer;
      const { call } = entry;
      const project = await findProject(deps.db, String(call.address.raw.id), call.principal);
      if (project.kind === 'refused') return project.answer;
      const { repo } = project;
      switch (judge(call.principal, endpoint.ability, repo)) {
        case 'allowed':
          return endpoint.handle(deps, { ...call, repo });
        case 'hidden':
          return projectNotFound;
        case 'scope_too_small':
          return insufficientScope;
        case 'role_too_low':
          return call.byJob && call.principal.repoId !== repo.id ? foreignJob(deps, call.principal, repo) : forbidden;
      }
    },
  };
}

/** A route below `/groups/:id`. A group is the owner path of repos. */
export function groupEndpoint<Schema extends ParameterSchema>(
  endpoint: Description<Schema> & {
    /** Where the ability is needed: at the whole group, or at some of its repos, which are then all that is handled. */
    readonly repos: 'all' | 'some';
    readonly handle: (
      deps: GitlabDeps,
      call: Call<z.output<Schema>> & { readonly group: Group; readonly repos: readonly Repo[] },
    ) => Promise<Answer>;
  },
): Endpoint {
  return {
    ...endpoint,
    answer: async (deps, request) => {
      const entry = await enter(deps, request, endpoint);
      if (entry.kind === 'refused') return entry.answer;
      const { call } = entry;
      const { ability, repos } = endpoint;
      const found = await findGroup(deps.db, String(call.address.raw.id), {
        principal: call.principal,
        ability,
        repos,
      });
      return found.kind === 'found' ? endpoint.handle(deps, { ...call, ...found }) : found.answer;
    },
  };
}

/** The token of a job is good for the job's own repo. */
async function foreignJob({ db }: GitlabDeps, principal: Principal, repo: Repo): Promise<Answer> {
  const own = await getRepo(db, principal.repoId ?? 0);
  const way = `from ${own?.fullName ?? ''} to ${repo.fullName}`;
  return messageAnswer(403, `403 Forbidden - Authentication by CI/CD job token not allowed ${way}.`);
}

type Entry<Schema extends ParameterSchema> =
  | { readonly kind: 'entered'; readonly call: Call<z.output<Schema>> }
  | { readonly kind: 'refused'; readonly answer: Answer };

/** A scope that reads is good for verbs that read, whatever the ability. */
function admitsScope(principal: Principal, { method, ability }: Pick<Endpoint, 'method' | 'ability'>): boolean {
  return (method === 'GET' || principal.scope === 'api') && scopeAllows(principal, ability);
}

/** The checks that come before anything is looked up, in GitLab's order: text, credential, scope, body, parameters. */
async function enter<Schema extends ParameterSchema>(
  deps: GitlabDeps,
  request: FastifyRequest,
  endpoint: Description<Schema>,
): Promise<Entry<Schema>> {
  const refused = (answer: Answer) => ({ kind: 'refused', answer }) as const;
  const read = await readRequest(request);
  if (read.kind === 'malformed') return refused(badText);
  const { raw, bodyProblem } = read;
  const admission = await admit(deps, request, { raw, forJobs: isForJobs(endpoint.ability) });
  if (admission.kind === 'refused') return admission;
  const { principal, tokenId, byJob } = admission;
  if (!admitsScope(principal, endpoint)) return refused(insufficientScope);
  if (bodyProblem) return refused(bodyProblem);
  const parameters = readParameters(endpoint.parameters, raw, endpoint.exclusive);
  if (parameters.kind === 'invalid') return refused(errorAnswer(400, parameters.error));
  const [path = ''] = request.url.split('?', 1);
  const address = { url: deps.settings.baseUrl + path, raw };
  const { headers } = request;
  return { kind: 'entered', call: { principal, tokenId, byJob, parameters: parameters.values, address, headers } };
}
