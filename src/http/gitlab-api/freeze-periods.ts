import { z } from 'zod';
import {
  addFreezePeriod,
  changeFreezePeriod,
  countFreezePeriods,
  type FreezeResult,
  findFreezePeriod,
  listFreezePeriods,
  removeFreezePeriod,
} from '../../environments/index.ts';
import { type Answer, created, invalidRecord, noContent, ok, recordNotFound } from './answer.ts';
import { projectEndpoint } from './endpoint.ts';
import { renderFreezePeriod } from './entities/protection.ts';
import { freezePeriodSchema } from './entities/protection-schemas.ts';
import { pageHeaders } from './pagination.ts';
import { optionalText, pageParameters, requiredInteger, requiredText } from './parameters.ts';

/* https://docs.gitlab.com/api/freeze_periods/ */

const path = '/projects/:id/freeze_periods';
const onePath = `${path}/:freeze_period_id`;
const one = { id: requiredText, freeze_period_id: requiredInteger };

function toAnswer(result: FreezeResult, answer: (json: unknown) => Answer): Answer {
  switch (result.kind) {
    case 'saved':
      return answer(renderFreezePeriod(result.period));
    case 'not_found':
      return recordNotFound;
    case 'invalid':
      return invalidRecord(result.problems);
  }
}

export const freezePeriodEndpoints = [
  projectEndpoint({
    method: 'GET',
    path,
    summary: 'List the freeze periods of a repository',
    ability: 'freezes:read',
    parameters: z.object({ id: requiredText, ...pageParameters }),
    reply: z.array(freezePeriodSchema),
    handle: async ({ db }, { repo, parameters, address }) => {
      const { page, per_page: perPage } = parameters;
      const total = await countFreezePeriods(db, repo.id);
      const periods = await listFreezePeriods(db, repo.id, { offset: (page - 1) * perPage, limit: perPage });
      const headers = pageHeaders(address, { page, perPage, total, more: page * perPage < total });
      return ok(periods.map(renderFreezePeriod), headers);
    },
  }),
  projectEndpoint({
    method: 'POST',
    path,
    summary: 'Add a freeze period, in which applies of the repository are refused',
    ability: 'freezes:write',
    parameters: z.object({
      id: requiredText,
      freeze_start: requiredText,
      freeze_end: requiredText,
      cron_timezone: optionalText,
    }),
    status: 201,
    reply: freezePeriodSchema,
    handle: async ({ db, now }, { repo, principal, parameters }) => {
      const times = {
        freezeStart: parameters.freeze_start,
        freezeEnd: parameters.freeze_end,
        cronTimezone: parameters.cron_timezone ?? 'UTC',
      };
      const order = { repoId: repo.id, times, actor: principal.actor, now: now() };
      return toAnswer(await addFreezePeriod(db, order), created);
    },
  }),
  projectEndpoint({
    method: 'GET',
    path: onePath,
    summary: 'Get a freeze period',
    ability: 'freezes:read',
    parameters: z.object(one),
    reply: freezePeriodSchema,
    handle: async ({ db }, { repo, parameters }) => {
      const period = await findFreezePeriod(db, repo.id, parameters.freeze_period_id);
      return period ? ok(renderFreezePeriod(period)) : recordNotFound;
    },
  }),
  projectEndpoint({
    method: 'PUT',
    path: onePath,
    summary: 'Change a freeze period',
    ability: 'freezes:write',
    parameters: z.object({
      ...one,
      freeze_start: optionalText,
      freeze_end: optionalText,
      cron_timezone: optionalText,
    }),
    reply: freezePeriodSchema,
    handle: async ({ db, now }, { repo, principal, parameters }) => {
      const { freeze_start: freezeStart, freeze_end: freezeEnd, cron_timezone: cronTimezone } = parameters;
      const times = {
        ...(freezeStart === undefined || freezeStart === null ? {} : { freezeStart }),
        ...(freezeEnd === undefined || freezeEnd === null ? {} : { freezeEnd }),
        ...(cronTimezone === undefined || cronTimezone === null ? {} : { cronTimezone }),
      };
      const target = { repoId: repo.id, id: parameters.freeze_period_id, actor: principal.actor, now: now() };
      return toAnswer(await changeFreezePeriod(db, { ...target, times }), ok);
    },
  }),
  projectEndpoint({
    method: 'DELETE',
    path: onePath,
    summary: 'Remove a freeze period',
    ability: 'freezes:write',
    parameters: z.object(one),
    status: 204,
    reply: null,
    handle: async ({ db, now }, { repo, principal, parameters }) => {
      const target = { repoId: repo.id, id: parameters.freeze_period_id, actor: principal.actor, now: now() };
      return (await removeFreezePeriod(db, target)) ? noContent : recordNotFound;
    },
  }),
];
