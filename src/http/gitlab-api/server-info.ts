import { z } from 'zod';
import { findUsers, getToken } from '../../access/index.ts';
import { countRepos, listRepos } from '../../repos/index.ts';
import { ok, unauthorized } from './answer.ts';
import { projectEndpoint, serverEndpoint } from './endpoint.ts';
import { renderProject, renderProjectDetails } from './entities/project.ts';
import {
  currentUserSchema,
  ownTokenSchema,
  projectDetailsSchema,
  projectSchema,
  versionSchema,
} from './entities/schemas.ts';
import { renderCurrentUser, renderOwnToken } from './entities/user.ts';
import { pageHeaders } from './pagination.ts';
import { optionalBoolean, optionalFilter, pageParameters, requiredText } from './parameters.ts';

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

/** https://docs.gitlab.com/api/personal_access_tokens/#self-inform */
export const ownTokenEndpoint = serverEndpoint({
  method: 'GET',
  path: '/personal_access_tokens/self',
  summary: 'The token that is shown',
  ability: 'self:read',
  parameters: z.object({}),
  reply: ownTokenSchema,
  handle: async ({ db }, { principal, tokenId }) => {
    const token = await getToken(db, tokenId);
    return token ? ok(renderOwnToken(token, principal)) : unauthorized;
  },
});

/** https://docs.gitlab.com/api/projects/#list-all-projects */
export const listProjectsEndpoint = serverEndpoint({
  method: 'GET',
  path: '/projects',
  summary: 'List the repositories that are known, newest first',
  ability: 'self:read',
  parameters: z.object({ ...pageParameters, search: optionalFilter, membership: optionalBoolean }),
  reply: z.array(projectSchema),
  handle: async ({ db, settings }, { principal, parameters, address }) => {
    const { page, per_page: perPage, search, membership } = parameters;
    const filter = { only: principal.repoId, own: membership === true, search };
    const total = await countRepos(db, filter);
    const repos = await listRepos(db, filter, { offset: (page - 1) * perPage, limit: perPage });
    const headers = pageHeaders(address, { page, perPage, total, more: page * perPage < total });
    return ok(
      repos.map((repo) => renderProject(repo, settings.baseUrl)),
      headers,
    );
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
