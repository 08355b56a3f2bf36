import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, RouteOptions } from 'fastify';
import { z } from 'zod';
import { rememberOverLimit } from '../../environments/index.ts';
import { type ErrorCode, isPolderError } from '../../lib/errors.ts';
import type { App } from '../app.ts';
import { retryAfter } from '../errors.ts';
import { type Answer, badText, errorAnswer, messageAnswer, routeNotFound, sendAnswer } from './answer.ts';
import { deleteReviewAppsEndpoint, stopStaleEndpoint } from './bulk-environments.ts';
import {
  approveDeploymentEndpoint,
  createDeploymentEndpoint,
  deleteDeploymentEndpoint,
  updateDeploymentEndpoint,
} from './change-deployments.ts';
import { createEndpoint, deleteEndpoint, stopEndpoint, updateEndpoint } from './change-environments.ts';
import { deleteAgentEndpoint, getAgentEndpoint, listAgentsEndpoint, registerAgentEndpoint } from './cluster-agents.ts';
import { addCommonHeaders } from './common-headers.ts';
import { listMergeRequestsEndpoint } from './deployment-pulls.ts';
import { getDeploymentEndpoint, listDeploymentsEndpoint } from './deployments.ts';
import type { GitlabDeps } from './deps.ts';
import type { Endpoint } from './endpoint.ts';
import { refusalSchema } from './entities/refusal-schema.ts';
import { environmentEventsEndpoint } from './environment-events.ts';
import { getEndpoint, groupListEndpoint, listEndpoint } from './environments.ts';
import { freezePeriodEndpoints } from './freeze-periods.ts';
import { protectionEndpoints } from './protected-environments.ts';
import { isMalformed } from './raw-parameters.ts';
import { takeBodiesAsBytes } from './request-body.ts';
import {
  currentUserEndpoint,
  listProjectsEndpoint,
  metadataEndpoint,
  ownTokenEndpoint,
  projectLookupEndpoint,
  versionEndpoint,
} from './server-info.ts';

export type { GitlabDeps } from './deps.ts';

const endpoints: readonly Endpoint[] = [
  listEndpoint,
  createEndpoint,
  deleteReviewAppsEndpoint,
  stopStaleEndpoint,
  getEndpoint,
  updateEndpoint,
  deleteEndpoint,
  stopEndpoint,
  environmentEventsEndpoint,
  groupListEndpoint,
  listAgentsEndpoint,
  getAgentEndpoint,
  registerAgentEndpoint,
  deleteAgentEndpoint,
  listDeploymentsEndpoint,
  createDeploymentEndpoint,
  getDeploymentEndpoint,
  updateDeploymentEndpoint,
  deleteDeploymentEndpoint,
  listMergeRequestsEndpoint,
  approveDeploymentEndpoint,
  ...protectionEndpoints,
  ...freezePeriodEndpoints,
  versionEndpoint,
  metadataEndpoint,
  currentUserEndpoint,
  ownTokenEndpoint,
  listProjectsEndpoint,
  projectLookupEndpoint,
];

/**
 * GitLab's API of environments (https://docs.gitlab.com/api/environments/) under `/api/v4`, with GitLab's own errors
 * for everything below that path.
 */
export async function registerGitlabApi(app: App, parts: Omit<GitlabDeps, 'overLimit'>): Promise<void> {
  const deps = { ...parts, overLimit: rememberOverLimit(parts.now) };
  await app.register(
    async (api: FastifyInstance) => {
      // The schemas only describe: parameters are checked after the credential, answers are sent as bytes.
      api.setValidatorCompiler(() => (value: unknown) => ({ value }));
      api.setSerializerCompiler(() => JSON.stringify);
      addCommonHeaders(api);
      takeBodiesAsBytes(api);
      api.addHook('onRequest', async (request, reply) => {
        if (isMalformed(request)) await sendAnswer(reply, badText);
      });
      api.setNotFoundHandler(async (_request, reply) => sendAnswer(reply, routeNotFound));
      api.setErrorHandler(async (error, request, reply) => sendAnswer(reply, faultAnswer(deps, error, request)));
      for (const endpoint of endpoints) api.route(routeOf(deps, endpoint));
      for (const [path, methods] of methodsByPath()) refuseOtherMethods(api, path, methods);
    },
    { prefix: '/api/v4' },
  );
  const gone = errorAnswer(410, 'API V3 is no longer supported. Use API V4 instead.');
  for (const path of ['/api/v3', '/api/v3/*']) {
    app.all(path, { schema: { hide: true } }, async (_request, reply) => sendAnswer(reply, gone));
  }
}

/** Answers for an address that no router can read or that is too long, when it is one of this API's; else undefined. */
export function answerBadAddress(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | undefined {
  if (!request.url.startsWith('/api/v4/')) return undefined;
  return sendAnswer(reply, isMalformed(request) ? badText : routeNotFound);
}

function routeOf(deps: GitlabDeps, endpoint: Endpoint): RouteOptions {
  const { method, path, summary, parameters, status = 200, reply: content } = endpoint;
  const inPath = Object.keys(parameters.shape).filter((name) => path.split('/').includes(`:${name}`));
  // The names are known only now, so that zod's types cannot check them.
  const mask = Object.fromEntries(inPath.map((name) => [name, true as const])) as Record<never, true>;
  const rest = parameters.omit(mask);
  return {
    method,
    url: path,
    exposeHeadRoute: method === 'GET',
    schema: {
      summary,
      tags: ['gitlab'],
      security: [{ polderToken: [] }, { bearerToken: [] }],
      params: parameters.pick(mask),
      ...(method === 'GET' || method === 'DELETE' ? { querystring: rest } : { body: rest }),
      response: {
        [status]: content ?? z.null().describe('Done.'),
        '4xx': refusalSchema.describe('Refused.'),
        '5xx': z.object({ message: z.string() }).describe('A fault of the server or of its database.'),
      },
    },
    handler: async (request, reply) => sendAnswer(reply, await endpoint.answer(deps, request)),
  };
}

/** Without paths that another one covers: what their own methods are not is for that one to answer. */
function methodsByPath(): Map<string, HTTPMethods[]> {
  const methods = new Map<string, HTTPMethods[]>();
  for (const { path, method } of endpoints) {
    if (endpoints.some((other) => covers(other.path, path))) continue;
    const more: HTTPMethods[] = method === 'GET' ? ['GET', 'HEAD'] : [method];
    methods.set(path, [...(methods.get(path) ?? []), ...more]);
  }
  return methods;
}

function covers(path: string, other: string): boolean {
  const [parts, others] = [path.split('/'), other.split('/')];
  const fits = parts.every((part, at) => part === others[at] || part.startsWith(':'));
  return path !== other && parts.length === others.length && fits;
}

function refuseOtherMethods(api: FastifyInstance, url: string, methods: readonly HTTPMethods[]): void {
  const others: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
  const headers = { allow: ['OPTIONS', ...methods].join(', ') };
  const refusal = errorAnswer(405, '405 Not Allowed', headers);
  const answerWith = (answer: Answer) => async (_request: FastifyRequest, reply: FastifyReply) => {
    // Before the body is looked at: it may be anything.
    await sendAnswer(reply, answer);
  };
  const route = (method: HTTPMethods[], answer: Answer) =>
    api.route({ method, url, schema: { hide: true }, onRequest: answerWith(answer), handler: async () => undefined });
  route(
    others.filter((method) => !methods.includes(method)),
    refusal,
  );
  route(['OPTIONS'], { status: 204, headers, body: null });
}

/** What was asked for may work another time: the database, or the host of a repository, does not do its part. */
const notNow: ReadonlySet<ErrorCode> = new Set(['database_unavailable', 'host_unavailable', 'host_refused']);

function faultAnswer(deps: GitlabDeps, error: unknown, request: FastifyRequest): Answer {
  const { statusCode = 500 } = error as { statusCode?: number };
  if (statusCode === 413) return messageAnswer(413, '413 Request Entity Too Large');
  if (statusCode >= 400 && statusCode < 500) return messageAnswer(400, '400 Bad request');
  deps.log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'request went wrong');
  if (isPolderError(error) && notNow.has(error.code)) {
    return { ...messageAnswer(503, '503 Service Unavailable'), headers: { 'retry-after': retryAfter } };
  }
  return messageAnswer(500, '500 Internal Server Error');
}
