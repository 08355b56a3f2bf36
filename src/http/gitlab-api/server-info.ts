import { z } from 'zod';
import { findUsers } from '../../access/index.ts';
import { ok, unauthorized } from './answer.ts';
import { projectEndpoint, serverEndpoint } from './endpoint.ts';
import { renderProjectDetails } from './entities/project.ts';
import { currentUserSchema, projectDetailsSchema, versionSchema } from './entities/schemas.ts';
import { renderCurrentUser } from './entities/user.ts';
import { requiredText } from './parameters.ts';

/** The version of GitLab that clients may take this for: they compare it, and a suffix would sort below the number. */
const version: z.infer<typeof versionSchema> = {
  version: '18.0.0',
  revision: 'polder',
  kas: { enabled: false, externalUrl: null, externalK8sProxyUrl: null, version: null },
  enterprise: false,
};

const versionRoute = (path: '/version' | '/metadata') =>
  serverEndpoint({
    method: 'GET',
    path,
    summary: 'Version of the GitLab API that is answered',
    ability: 'self:read',
    parameters: z.object({}),
    reply: versionSchema,
    handle: async () => ok(version),
  });

export const versionEndpoint = versionRoute('/version');
export const metadataEndpoint = versionRoute('/metadata');

export const currentUserEndpoint = serverEndpoint({
  method: 'GET',
  path: '/user',
  summary: 'The user that the token acts as',
  ability: 'self:read',
  parameters: z.object({}),
  reply: currentUserSchema,
  handle: async ({ db, settings }, { principal }) => {
    const user = (await findUsers(db, [principal.actor.id])).get(principal.actor.id);
    return user ? ok(renderCurrentUser(user, principal, settings.baseUrl)) : unauthorized;
  },
});

export const projectLookupEndpoint = projectEndpoint({
  method: 'GET',
  path: '/projects/:id',
  summary: 'Get a repository',
  ability: 'repos:read',
  parameters: z.object({ id: requiredText }),
  reply: projectDetailsSchema,
  handle: async ({ settings }, { repo, principal }) => ok(renderProjectDetails(repo, principal, settings.baseUrl)),
});
