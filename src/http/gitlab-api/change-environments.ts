import { z } from 'zod';
import {
  type Attributes,
  autoStopSettings,
  createEnvironment,
  type DeleteResult,
  deleteEnvironment,
  environmentTiers,
  parseLifetime,
  stopEnvironment,
  updateEnvironment,
} from '../../environments/index.ts';
import {
  type Answer,
  badRequest,
  created,
  forbidden,
  invalidRecord,
  messageAnswer,
  noContent,
  ok,
  recordNotFound,
} from './answer.ts';
import { projectEndpoint } from './endpoint.ts';
import { environmentSchema } from './entities/schemas.ts';
import { findGuarded } from './guarded-environment.ts';
import { httpDate } from './http-date.ts';
import {
  mustBeAbsent,
  nullableInteger,
  nullableTime,
  oneOf,
  optionalBoolean,
  optionalText,
  requiredInteger,
  requiredText,
} from './parameters.ts';
import { showChanged } from './show-environments.ts';

const lifetime = optionalText.transform((text, context) => {
  const result = parseLifetime(text ?? '');
  if (result.kind === 'invalid') context.addIssue({ code: 'custom', message: 'is invalid' });
  return text === undefined ? undefined : result.kind === 'ok' ? result.ms : z.NEVER;
});

/** What may be said of an environment, when it is made and later. The last two are Polder's own. */
const attributeParameters = {
  external_url: optionalText,
  slug: mustBeAbsent('is automatically generated and cannot be changed'),
  tier: oneOf(environmentTiers),
  cluster_agent_id: nullableInteger,
  kubernetes_namespace: optionalText,
  flux_resource_path: optionalText,
  description: optionalText,
  auto_stop_setting: oneOf(autoStopSettings),
  auto_stop_at: nullableTime,
  auto_stop_in: lifetime,
};

const oneTimer = { names: ['auto_stop_at', 'auto_stop_in'], error: 'are mutually exclusive' };

type AttributeParameters = z.output<z.ZodObject<typeof attributeParameters>>;

function toAttributes(parameters: AttributeParameters): Attributes {
  return {
    tier: parameters.tier,
    externalUrl: parameters.external_url,
    description: parameters.description,
    clusterAgentId: parameters.cluster_agent_id,
    kubernetesNamespace: parameters.kubernetes_namespace,
    fluxResourcePath: parameters.flux_resource_path,
    autoStopSetting: parameters.auto_stop_setting,
    autoStop: timerOf(parameters),
  };
}

function timerOf({ auto_stop_at: at, auto_stop_in: ms }: AttributeParameters): Attributes['autoStop'] {
  if (ms !== undefined) return ms === null ? { at: null } : { in: ms };
  return at === undefined ? undefined : { at };
}

const agentUnknown = badRequest("cluster agent doesn't exist or cannot be associated with this environment");

export const createEndpoint = projectEndpoint({
  method: 'POST',
  path: '/projects/:id/environments',
  summary: 'Create an environment',
  ability: 'environments:write',
  parameters: z.object({ id: requiredText, name: requiredText, ...attributeParameters }),
  exclusive: oneTimer,
  status: 201,
  reply: environmentSchema,
  handle: async (deps, { repo, principal, parameters }) => {
    const { actor } = principal;
    const request = {
      repoId: repo.id,
      name: parameters.name,
      attributes: toAttributes(parameters),
      actor,
      reason: null,
    };
    const result = await createEnvironment(deps.db, { ...request, now: deps.now() });
    switch (result.kind) {
      case 'created':
        return created(await showChanged(deps, result.environment, { principal, repo }));
      case 'agent_unknown':
        return agentUnknown;
      case 'invalid':
        return invalidRecord(result.problems);
    }
  },
});

export const updateEndpoint = projectEndpoint({
  method: 'PUT',
  path: '/projects/:id/environments/:environment_id',
  summary: 'Change an environment; only what is sent changes, and its name never does',
  ability: 'environments:write',
  parameters: z.object({ id: requiredText, environment_id: requiredInteger, ...attributeParameters }),
  exclusive: oneTimer,
  reply: environmentSchema,
  handle: async (deps, { repo, principal, parameters }) => {
    const guarded = await findGuarded(deps.db, { repo, principal }, parameters.environment_id);
    if (guarded.kind === 'refused') return guarded.answer;
    const target = { repoId: repo.id, environmentId: guarded.environment.id };
    const attributes = toAttributes(parameters);
    const result = await updateEnvironment(deps.db, { ...target, attributes, actor: principal.actor, now: deps.now() });
    switch (result.kind) {
      case 'updated':
        return ok(await showChanged(deps, result.environment, { principal, repo }));
      case 'not_found':
        return recordNotFound;
      case 'agent_unknown':
        return agentUnknown;
      case 'invalid':
        return invalidRecord(result.problems);
    }
  },
});

export const stopEndpoint = projectEndpoint({
  method: 'POST',
  path: '/projects/:id/environments/:environment_id/stop',
  summary: 'Stop an environment',
  ability: 'environments:write',
  parameters: z.object({ id: requiredText, environment_id: requiredInteger, force: optionalBoolean }),
  reply: environmentSchema,
  handle: async (deps, { repo, principal, parameters }) => {
    const guarded = await findGuarded(deps.db, { repo, principal }, parameters.environment_id);
    if (guarded.kind === 'refused') return guarded.answer;
    const force = parameters.force === true;
    const reason = force ? 'stopped by force' : 'asked for';
    const target = { repoId: repo.id, environmentId: guarded.environment.id };
    const result = await stopEnvironment(deps, target, { force, reason, actor: principal.actor, now: deps.now() });
    switch (result.kind) {
      case 'done':
        return ok(await showChanged(deps, result.environment, { principal, repo }));
      case 'not_found':
        return recordNotFound;
      case 'refused':
        return forbidden;
    }
  },
});

export const deleteEndpoint = projectEndpoint({
  method: 'DELETE',
  path: '/projects/:id/environments/:environment_id',
  summary: 'Delete a stopped environment, or any with `force`',
  ability: 'environments:write',
  parameters: z.object({ id: requiredText, environment_id: requiredInteger, force: optionalBoolean }),
  status: 204,
  reply: null,
  handle: async ({ db, now }, { repo, principal, parameters, headers }) => {
    const guarded = await findGuarded(db, { repo, principal }, parameters.environment_id);
    if (guarded.kind === 'refused') return guarded.answer;
    const target = { repoId: repo.id, environmentId: guarded.environment.id };
    const result = await deleteEnvironment(db, target, {
      force: parameters.force === true,
      unmodifiedSince: httpDate(headers['if-unmodified-since']),
      actor: principal.actor,
      now: now(),
    });
    return deleteAnswers[result];
  },
});

const deleteAnswers: Record<DeleteResult, Answer> = {
  deleted: noContent,
  not_found: recordNotFound,
  not_stopped: {
    status: 403,
    body: { json: { message: '403 Forbidden', reason: 'environment must be stopped before it can be deleted' } },
  },
  modified: messageAnswer(412, '412 Precondition Failed'),
};
