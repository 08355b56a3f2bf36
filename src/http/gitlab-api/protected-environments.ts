import { z } from 'zod';
import type { DbHandle } from '../../db/index.ts';
import {
  changeProtection,
  countProtections,
  findProtection,
  findSubjects,
  listProtections,
  type ProtectedEnvironment,
  type ProtectionScope,
  protectEnvironment,
  unprotectEnvironment,
} from '../../environments/index.ts';
import { type Answer, created, messageAnswer, noContent, ok, recordNotFound } from './answer.ts';
import type { GitlabDeps } from './deps.ts';
import { type Call, groupEndpoint, projectEndpoint } from './endpoint.ts';
import { renderProtection } from './entities/protection.ts';
import { protectedEnvironmentSchema } from './entities/protection-schemas.ts';
import { pageHeaders } from './pagination.ts';
import {
  createParameters,
  listParameters,
  oneParameters,
  toChange,
  toOrder,
  updateParameters,
} from './protection-parameters.ts';

/* https://docs.gitlab.com/api/protected_environments/ and, for groups, https://docs.gitlab.com/api/group_protected_environments/ */

/** A call about the protected names of a repo, or the protected tiers of a group. */
type ScopedCall<Parameters> = Call<Parameters> & { readonly scope: ProtectionScope };

async function answerList(
  { db }: GitlabDeps,
  { scope, parameters, address }: ScopedCall<z.output<typeof listParameters>>,
): Promise<Answer> {
  const { page, per_page: perPage } = parameters;
  const total = await countProtections(db, scope);
  const protections = await listProtections(db, scope, { offset: (page - 1) * perPage, limit: perPage });
  const headers = pageHeaders(address, { page, perPage, total, more: page * perPage < total });
  return ok(await show(db, protections), headers);
}

async function answerOne(
  { db }: GitlabDeps,
  { scope, parameters }: ScopedCall<z.output<typeof oneParameters>>,
): Promise<Answer> {
  const protection = await findProtection(db, scope, parameters.name);
  return protection ? ok(await showOne(db, protection)) : recordNotFound;
}

async function answerCreate(
  { db, now }: GitlabDeps,
  { scope, parameters, principal }: ScopedCall<z.output<typeof createParameters>>,
): Promise<Answer> {
  if ((parameters.required_approval_count ?? 0) > 0) return approvalCountDeprecated;
  const { name } = parameters;
  const result = await protectEnvironment(db, {
    ...{ scope, name, actor: principal.actor, now: now() },
    deployRules: parameters.deploy_access_levels.map(toOrder),
    approvalRules: (parameters.approval_rules ?? []).map(toOrder),
  });
  switch (result.kind) {
    case 'protected':
      return created(await showOne(db, result.protection));
    case 'taken':
      return messageAnswer(409, takenText(scope, name));
    case 'invalid':
      return unprocessable(result.messages);
  }
}

async function answerUpdate(
  { db, now }: GitlabDeps,
  { scope, parameters, principal }: ScopedCall<z.output<typeof updateParameters>>,
): Promise<Answer> {
  if ((parameters.required_approval_count ?? 0) > 0) return approvalCountDeprecated;
  const result = await changeProtection(db, {
    ...{ scope, name: parameters.name, actor: principal.actor, now: now() },
    deployRules: parameters.deploy_access_levels?.map(toChange) ?? null,
    approvalRules: parameters.approval_rules?.map(toChange) ?? null,
  });
  switch (result.kind) {
    case 'protected':
      return ok(await showOne(db, result.protection));
    case 'not_found':
      return recordNotFound;
    case 'invalid':
      return unprocessable(result.messages);
  }
}

async function answerDelete(
  { db, now }: GitlabDeps,
  { scope, parameters, principal }: ScopedCall<z.output<typeof oneParameters>>,
): Promise<Answer> {
  const target = { scope, name: parameters.name, actor: principal.actor, now: now() };
  return (await unprotectEnvironment(db, target)) ? noContent : recordNotFound;
}

const approvalCountDeprecated = messageAnswer(
  422,
  "Parameter 'required_approval_count' is deprecated and shouldn't be used. See https://gitlab.com/groups/gitlab-org/-/epics/9662",
);

function unprocessable(messages: readonly string[]): Answer {
  return { status: 422, body: { json: { message: messages } } };
}

function takenText(scope: ProtectionScope, name: string): string {
  if (scope.kind === 'group') return `Protected environment '${name}' already exists`;
  return `Environment '${name}' is already protected`;
}

async function show(db: DbHandle, protections: readonly ProtectedEnvironment[]) {
  const rules = protections.flatMap(({ deployRules, approvalRules }) => [...deployRules, ...approvalRules]);
  const subjects = await findSubjects(db, rules);
  return protections.map((protection) => renderProtection(protection, subjects));
}

async function showOne(db: DbHandle, protection: ProtectedEnvironment) {
  const [shown] = await show(db, [protection]);
  return shown;
}

const shapes = {
  list: {
    method: 'GET',
    ability: 'protection:read',
    parameters: listParameters,
    reply: z.array(protectedEnvironmentSchema),
  },
  one: { method: 'GET', ability: 'protection:read', parameters: oneParameters, reply: protectedEnvironmentSchema },
  create: {
    method: 'POST',
    ability: 'protection:write',
    parameters: createParameters,
    status: 201,
    reply: protectedEnvironmentSchema,
  },
  update: {
    method: 'PUT',
    ability: 'protection:write',
    parameters: updateParameters,
    reply: protectedEnvironmentSchema,
  },
  remove: { method: 'DELETE', ability: 'protection:write', parameters: oneParameters, status: 204, reply: null },
} as const;

const ofRepo = '/projects/:id/protected_environments';
const repoScope = (call: { readonly repo: { readonly id: number } }) =>
  ({ scope: { kind: 'repo', repoId: call.repo.id } }) as const;

const ofGroup = '/groups/:id/protected_environments';
const groupScope = (call: { readonly group: { readonly id: number } }) =>
  ({ scope: { kind: 'group', groupId: call.group.id } }) as const;

export const protectionEndpoints = [
  projectEndpoint({
    ...shapes.list,
    path: ofRepo,
    summary: 'List what a repository protects',
    handle: (deps, call) => answerList(deps, { ...call, ...repoScope(call) }),
  }),
  projectEndpoint({
    ...shapes.create,
    path: ofRepo,
    summary: 'Protect environments of a name, or of names with `*` for any text',
    handle: (deps, call) => answerCreate(deps, { ...call, ...repoScope(call) }),
  }),
  projectEndpoint({
    ...shapes.one,
    path: `${ofRepo}/:name`,
    summary: 'Get how a name is protected',
    handle: (deps, call) => answerOne(deps, { ...call, ...repoScope(call) }),
  }),
  projectEndpoint({
    ...shapes.update,
    path: `${ofRepo}/:name`,
    summary: 'Change, add and remove rules',
    handle: (deps, call) => answerUpdate(deps, { ...call, ...repoScope(call) }),
  }),
  projectEndpoint({
    ...shapes.remove,
    path: `${ofRepo}/:name`,
    summary: 'Protect a name no more',
    handle: (deps, call) => answerDelete(deps, { ...call, ...repoScope(call) }),
  }),
  groupEndpoint({
    ...shapes.list,
    repos: 'all',
    path: ofGroup,
    summary: 'List what a group protects',
    handle: (deps, call) => answerList(deps, { ...call, ...groupScope(call) }),
  }),
  groupEndpoint({
    ...shapes.create,
    repos: 'all',
    path: ofGroup,
    summary: 'Protect a tier in all repositories of a group',
    handle: (deps, call) => answerCreate(deps, { ...call, ...groupScope(call) }),
  }),
  groupEndpoint({
    ...shapes.one,
    repos: 'all',
    path: `${ofGroup}/:name`,
    summary: 'Get how a tier is protected',
    handle: (deps, call) => answerOne(deps, { ...call, ...groupScope(call) }),
  }),
  groupEndpoint({
    ...shapes.update,
    repos: 'all',
    path: `${ofGroup}/:name`,
    summary: 'Change, add and remove rules for a tier',
    handle: (deps, call) => answerUpdate(deps, { ...call, ...groupScope(call) }),
  }),
  groupEndpoint({
    ...shapes.remove,
    repos: 'all',
    path: `${ofGroup}/:name`,
    summary: 'Protect a tier no more',
    handle: (deps, call) => answerDelete(deps, { ...call, ...groupScope(call) }),
  }),
];
