import swagger from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { App } from './app.ts';
import type { HttpSettings } from './deps.ts';

const credentials = {
  apiSecret: { type: 'apiKey', in: 'header', name: 'X-Atlantis-Token', description: 'The value of --api-secret' },
  polderToken: { type: 'apiKey', in: 'header', name: 'PRIVATE-TOKEN', description: 'A Polder token' },
  bearerToken: { type: 'http', scheme: 'bearer', description: 'A Polder token' },
  webUser: { type: 'http', scheme: 'basic', description: 'With --web-basic-auth' },
} as const;

/** Collects the description of every route that is registered afterwards, and serves it at `/api/openapi.json`. */
export async function describeRoutes(app: App, settings: Pick<HttpSettings, 'version' | 'baseUrl'>): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Polder', version: settings.version },
      servers: [{ url: settings.baseUrl }],
      components: { securitySchemes: credentials },
    },
    transform: jsonSchemaTransform,
  });
}

/** The route of the description itself. */
export function registerDescription(app: App): void {
  app.get(
    '/api/openapi.json',
    { schema: { summary: 'This description', response: { 200: z.record(z.string(), z.unknown()) } } },
    async (_request, reply) => {
      const text = JSON.stringify(app.swagger());
      return reply.type('application/json').send(Buffer.from(text) as never);
    },
  );
}
