import swagger from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { App } from './app.ts';
import { isForWebUser } from './basic-auth.ts';
import type { HttpDeps, HttpSettings } from './deps.ts';
import { useGoJson } from './json-api.ts';

const credentials = {
  apiSecret: { type: 'apiKey', in: 'header', name: 'X-Atlantis-Token', description: 'The value of --api-secret' },
  polderToken: { type: 'apiKey', in: 'header', name: 'PRIVATE-TOKEN', description: 'A Polder token' },
  bearerToken: { type: 'http', scheme: 'bearer', description: 'A Polder token' },
  webUser: { type: 'http', scheme: 'basic', description: 'With --web-basic-auth' },
} as const;

const text = { 'text/plain': { schema: { type: 'string' } } };
const jsonError = {
  'application/json': {
    schema: { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] },
  },
};

/**
 * Collects the description of every route that is registered afterwards. A route without one cannot be registered; one
 * that is not for clients says `hide`.
 */
export async function describeRoutes(
  app: App,
  settings: Pick<HttpSettings, 'version' | 'baseUrl' | 'webBasicAuth'>,
): Promise<void> {
  app.addHook('onRoute', ({ method, url, schema }) => {
    const { summary, response, hide } = (schema ?? {}) as Description;
    if (hide === true || (summary !== undefined && response !== undefined)) return;
    throw new Error(`describing ${String(method)} ${url}: a route needs a summary and its responses`);
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Polder', version: settings.version },
      servers: [{ url: settings.baseUrl }],
      components: { securitySchemes: credentials },
    },
    transform: (route) => {
      const { schema, url } = jsonSchemaTransform(route);
      return { schema: { ...schema, ...sharedParts(schema as Description, url, settings) }, url };
    },
  });
}

const unauthorized = { description: 'No web user, or not the right one', content: text };
const fault = { description: 'A fault of the server or of what it needs: its database, its disk', content: jsonError };

/** What is the same for many routes: who may use pages, and what every route may answer that speaks JSON. */
function sharedParts(schema: Description, url: string, settings: Pick<HttpSettings, 'webBasicAuth'>): object {
  const { response } = schema as { response?: Record<string, unknown> };
  if (settings.webBasicAuth && isForWebUser(url)) {
    return { security: [{ webUser: [] }], response: { 401: unauthorized, ...response } };
  }
  const answersInJson = url === '/status' || (url.startsWith('/api/') && !url.startsWith('/api/v4/'));
  return answersInJson ? { response: { ...response, '5xx': fault } } : {};
}

type Description = { readonly summary?: string; readonly response?: unknown; readonly hide?: boolean };

/** The route of the description itself: `/api/openapi.json`. */
export function registerDescription(app: App, deps: Pick<HttpDeps, 'log'>): void {
  useGoJson(app, deps);
  const response = { 200: z.record(z.string(), z.unknown()) };
  app.get('/api/openapi.json', { schema: { summary: 'This description', response } }, async () => ({
    ...app.swagger(),
  }));
}
