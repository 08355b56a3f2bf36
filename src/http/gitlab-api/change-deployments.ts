import { z } from 'zod';
import {
  approvalStatuses,
  approveDeployment,
  changeDeployment,
  type DeleteDeploymentResult,
  deleteDeployment,
  recordDeployment,
  reportedStatuses,
} from '../../environments/index.ts';
import {
  type Answer,
  created,
  forbidden,
  invalidRecord,
  messageAnswer,
  noContent,
  ok,
  recordNotFound,
} from './answer.ts';
import { projectEndpoint } from './endpoint.ts';
import { renderApproval } from './entities/deployment.ts';
import { approvalSchema, singleDeploymentSchema } from './entities/deployment-schemas.ts';
import { personOf } from './guarded-environment.ts';
import { httpDate } from './http-date.ts';
import {
  filledText,
  optionalText,
  requiredBoolean,
  requiredInteger,
  requiredOneOf,
  requiredText,
} from './parameters.ts';
import { showDeployment } from './show-deployments.ts';

const path = '/projects/:id/deployments';
const onePath = `${path}/:deployment_id`;
const one = { id: requiredText, deployment_id: requiredInteger };

export const createDeploymentEndpoint = projectEndpoint({
  method: 'POST',
  path,
  summary: 'Record a deployment that was carried out elsewhere',
  ability: 'deployments:write',
  parameters: z.object({
    id: requiredText,
    environment: filledText,
    sha: filledText,
    ref: filledText,
    tag: requiredBoolean,
    status: requiredOneOf('status', reportedStatuses),
  }),
  status: 201,
  reply: singleDeploymentSchema,
  handle: async (deps, { repo, principal, parameters }) => {
    const { actor } = principal;
    const { environment, sha, ref, tag, status } = parameters;
    const report = { repo, environment, sha, ref, tag, status, actor, person: personOf(principal, repo) };
    const result = await recordDeployment(deps, { ...report, now: deps.now() });
    switch (result.kind) {
      case 'recorded':
        return created(await showDeployment(deps, result.deployment, repo));
      case 'invalid':
        return invalidRecord(result.problems);
      case 'forbidden':
        return forbidden;
    }
  },
});

export const updateDeploymentEndpoint = projectEndpoint({
  method: 'PUT',
  path: onePath,
  summary: 'Change the status of a deployment that was recorded',
  ability: 'deployments:write',
  parameters: z.object({ ...one, status: requiredOneOf('status', reportedStatuses) }),
  reply: singleDeploymentSchema,
  handle: async (deps, { repo, principal, parameters }) => {
    const target = { repo, deploymentId: parameters.deployment_id, person: personOf(principal, repo) };
    const order = { ...target, status: parameters.status, actor: principal.actor, now: deps.now() };
    const result = await changeDeployment(deps.db, order);
    switch (result.kind) {
      case 'changed':
        return ok(await showDeployment(deps, result.deployment, repo));
      case 'not_found':
        return recordNotFound;
      case 'forbidden':
        return forbidden;
      case 'belongs_to_job':
        return belongsToJob;
      case 'illegal':
        // The backslashes are GitLab's.
        return invalidRecord({ status: [String.raw`cannot transition via \"${result.event}\"`] });
    }
  },
});

const belongsToJob = messageAnswer(
  403,
  '403 Forbidden - Deployments created using GitLab CI can not be updated using the API',
);

export const deleteDeploymentEndpoint = projectEndpoint({
  method: 'DELETE',
  path: onePath,
  summary: 'Delete a deployment that is neither running nor the last one of its environment',
  ability: 'deployments:delete',
  parameters: z.object(one),
  status: 204,
  reply: null,
  handle: async ({ db, now }, { repo, principal, parameters, headers }) => {
    const target = { repo, deploymentId: parameters.deployment_id, person: personOf(principal, repo) };
    const unmodifiedSince = httpDate(headers['if-unmodified-since']);
    const result = await deleteDeployment(db, { ...target, actor: principal.actor, now: now(), unmodifiedSince });
    return deleteAnswers[result];
  },
});

const deleteAnswers: Record<DeleteDeploymentResult, Answer> = {
  deleted: noContent,
  not_found: recordNotFound,
  changed_since: messageAnswer(412, '412 Precondition Failed'),
  running: messageAnswer(400, 'Cannot destroy running deployment'),
  current: messageAnswer(400, 'Deployment currently deployed to environment'),
};

export const approveDeploymentEndpoint = projectEndpoint({
  method: 'POST',
  path: `${onePath}/approval`,
  summary: 'Approve or reject a deployment that waits for it',
  ability: 'deployments:approve',
  parameters: z.object({
    ...one,
    status: requiredOneOf('status', approvalStatuses),
    comment: optionalText,
    represented_as: optionalText,
  }),
  status: 201,
  reply: approvalSchema,
  handle: async (deps, { repo, principal, parameters }) => {
    const { status, comment = null, represented_as: name } = parameters;
    const by = { actor: principal.actor, person: personOf(principal, repo), now: deps.now() };
    const representedAs = name?.trim() ? name : null;
    const target = { repo, deploymentId: parameters.deployment_id };
    const result = await approveDeployment(deps.db, { ...target, status, comment, representedAs, ...by });
    switch (result.kind) {
      case 'saved':
        return created(renderApproval(result.approval, result.user, deps.settings.baseUrl));
      case 'not_found':
        return recordNotFound;
      case 'refused':
        return messageAnswer(400, result.message);
    }
  },
});
