import { z } from 'zod';
import { findUsers } from '../../access/index.ts';
import { countLimit, findEnvironment, listChanges } from '../../environments/index.ts';
import { ok, recordNotFound } from './answer.ts';
import { projectEndpoint } from './endpoint.ts';
import { renderEnvironmentEvent } from './entities/environment-event.ts';
import { environmentEventSchema } from './entities/schemas.ts';
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
  handle: async ({ db, settings }, { repo, principal, parameters, address }) => {
    const environment = await findEnvironment(db, repo.id, parameters.environment_id);
    if (!environment) return recordNotFound;
    const { page, per_page: perPage, sort } = parameters;
    const { changes, count } = await listChanges(db, environment.id, { sort: sort ?? 'desc', page, perPage });
    const actors = await findUsers(
      db,
      changes.map(({ actorId }) => actorId),
    );
    const total = count > countLimit ? null : count;
    const view = { repo, principal, baseUrl: settings.baseUrl };
    const entries = changes.map((change) => renderEnvironmentEvent(change, actors.get(change.actorId), view));
    return ok(entries, pageHeaders(address, { page, perPage, total, more: page * perPage < count }));
  },
});
