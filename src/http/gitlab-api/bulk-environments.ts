import { z } from 'zod';
import { can } from '../../access/index.ts';
import { parseLifetime, type ScheduleResult, scheduleDeletions, stopStale } from '../../environments/index.ts';
import { type Answer, badRequest, messageAnswer, ok } from './answer.ts';
import { projectEndpoint } from './endpoint.ts';
import { renderEnvironmentBasic } from './entities/environment.ts';
import { bulkDeletionSchema, staleStopSchema } from './entities/schemas.ts';
import { readGuard } from './guarded-environment.ts';
import {
  integerBetween,
  optionalBoolean,
  optionalFilter,
  optionalText,
  optionalTime,
  requiredText,
  requiredTime,
} from './parameters.ts';

const day = 86_400_000;
const week = 7 * day;

/** How long until deletion; the text is that of `auto_stop_in`, where `never` makes no sense. */
const delay = optionalText.transform((text, context) => {
  const result = parseLifetime(text ?? '');
  if (text?.trim() === '0') return 0;
  const ms = result.kind === 'ok' ? (result.ms ?? (text?.trim() ? undefined : week)) : undefined;
  if (ms === undefined) context.addIssue({ code: 'custom', message: 'is invalid' });
  return ms ?? z.NEVER;
});

/** Who may not do it gets GitLab's own answer, so that the rule for it is in the handler. */
export const deleteReviewAppsEndpoint = projectEndpoint({
  method: 'DELETE',
  path: '/projects/:id/environments/review_apps',
  summary: 'Schedule the deletion of stopped review apps',
  ability: 'environments:read',
  parameters: z.object({
    id: requiredText,
    before: optionalTime,
    limit: integerBetween(1, 1000),
    dry_run: optionalBoolean,
    folder: optionalFilter,
    delay,
  }),
  reply: bulkDeletionSchema,
  handle: async ({ db, now }, { repo, principal, parameters }) => {
    if (!can(principal, 'environments:write', repo)) return refusals.unauthorized;
    const { admits } = await readGuard(db, { repo, principal });
    const result = await scheduleDeletions(db, {
      repoId: repo.id,
      folder: parameters.folder ?? 'review',
      before: parameters.before ?? now() - 30 * day,
      limit: parameters.limit ?? 100,
      delay: parameters.delay,
      dryRun: parameters.dry_run !== false,
      mayDelete: admits,
      actor: principal.actor,
      now: now(),
    });
    return toAnswer(result);
  },
});

function toAnswer(result: ScheduleResult): Answer {
  switch (result.kind) {
    case 'scheduled':
      return ok({ scheduled_entries: result.environments.map(renderEnvironmentBasic), unprocessable_entries: [] });
    case 'forbidden':
      return refusal(400, {
        message:
          'Failed to authorize deletions for some or all of the environments. Ask someone with more permissions to delete the environments.',
        unprocessable: result.environments.map(renderEnvironmentBasic),
      });
    case 'busy':
      return refusals.busy;
  }
}

function refusal(
  status: number,
  { message, unprocessable = [] }: { message: string; unprocessable?: unknown[] },
): Answer {
  const nested = { scheduled_entries: [], unprocessable_entries: unprocessable, message };
  return { status, body: { json: { message: nested } } };
}

const refusals = {
  unauthorized: refusal(401, { message: 'You do not have permission to destroy environments in this project' }),
  busy: refusal(409, { message: 'Another process is already processing a delete request. Please retry later.' }),
};

export const stopStaleEndpoint = projectEndpoint({
  method: 'POST',
  path: '/projects/:id/environments/stop_stale',
  summary: 'Stop environments that nothing was done to for long',
  ability: 'environments:stop-stale',
  parameters: z.object({ id: requiredText, before: requiredTime }),
  reply: staleStopSchema,
  handle: async ({ db, now }, { repo, principal, parameters }) => {
    const { before } = parameters;
    if (before === null) return messageAnswer(400, 'Before date must be provided');
    if (before < tenYearsBefore(now()) || before > now() - week) return badRequest('Invalid Date');
    const { isProtected } = await readGuard(db, { repo, principal });
    const tally = await stopStale(db, { repoId: repo.id, before, isProtected, actor: principal.actor, now: now() });
    return ok({ message: 'Successfully requested stop for all stale environments', ...tally });
  },
});

/** The same day and time of another year, which is not always the same number of days ago. */
function tenYearsBefore(time: number): number {
  const date = new Date(time);
  return date.setUTCFullYear(date.getUTCFullYear() - 10);
}
