import { z } from 'zod';
import { findUsers } from '../../access/index.ts';
import { countLimit, findEnvironment, listChanges } from '../../environments/index.ts';
import { ok, recordNotFound } from './answer.ts';
import { projectEndpoint } from './endpoint.ts';
import { environmentEventSchema } from './entities/schemas.ts';
import { isoTime } from './entities/time.ts';
import { renderUserBasic } from './entities/user.ts';
import { pageHeaders } from './pagination.ts';
import { oneOf, pageParameters, requiredInteger, requiredText } from './parameters.ts';

/** Polder's own: what happened to an environment, who did it and why. */
export const environmentEventsEndpoint = projectEndpoint({
  method: 'GET',
  path: '/projects/:id/environments/:environment_id/events',
  summary: 'List what happened to an environment, the newest first',
  ability: 'environments:read',
  parameters: z.object({
    id: requiredText,
    environment_id: requiredInteger,
    ...pageParameters,
    sort: oneOf(['asc', 'desc']),
  }),
  reply: z.array(environmentEventSchema),
  handle: async ({ db, settings }, { repo, parameters, address }) => {
    const environment = await findEnvironment(db, repo.id, parameters.environment_id);
    if (!environment) return recordNotFound;
    const { page, per_page: perPage, sort } = parameters;
    const { changes, count } = await listChanges(db, environment.id, { sort: sort ?? 'desc', page, perPage });
    const actors = await findUsers(
      db,
      changes.map(({ actorId }) => actorId),
    );
    const total = count > countLimit ? null : count;
    const entries = changes.map(({ id, kind, reason, data, actorId, createdAt }) => {
      const actor = actors.get(actorId);
      const shown = actor ? renderUserBasic(actor, settings.baseUrl) : null;
      return { id, kind, reason, data, actor: shown, created_at: isoTime(createdAt) };
    });
    return ok(entries, pageHeaders(address, { page, perPage, total, more: page * perPage < count }));
  },
});
