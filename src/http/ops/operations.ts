import { z } from 'zod';
import { pingDatabase } from '../../db/index.ts';
import { errorText } from '../../lib/errors.ts';
import { countRunningRuns } from '../../runs/index.ts';
import type { App } from '../app.ts';
import type { HttpDeps } from '../deps.ts';
import { useGoJson } from '../json-api.ts';

const status = z.object({
  shutting_down: z.boolean(),
  in_progress_operations: z.number().int(),
  version: z.string(),
});
const healthy = z.object({ status: z.literal('ok') });
const unready = z.object({ status: z.literal('error'), error: z.string() });

/** The routes for load balancers and operators: `/status`, `/healthz`, `/readyz`. */
export function registerOperations(app: App, deps: Pick<HttpDeps, 'db' | 'log' | 'settings' | 'draining'>): void {
  useGoJson(app, deps, (value) => JSON.stringify(value, null, isError(value) ? 0 : 2));

  app.get(
    '/status',
    {
      schema: {
        summary: 'Whether the server is shutting down, and how many runs are going on',
        response: { 200: status },
      },
    },
    async () => ({
      shutting_down: deps.draining(),
      in_progress_operations: await countRunningRuns(deps.db),
      version: deps.settings.version,
    }),
  );

  app.get('/healthz', { schema: { summary: 'Whether the process answers', response: { 200: healthy } } }, async () => ({
    status: 'ok' as const,
  }));

  app.get(
    '/readyz',
    { schema: { summary: 'Whether new work is welcome', response: { 200: healthy, 503: unready } } },
    async (_request, reply) => {
      const reason = await whyNotReady(deps);
      if (reason === undefined) return { status: 'ok' as const };
      reply.code(503);
      return { status: 'error' as const, error: reason };
    },
  );
}

async function whyNotReady(deps: Pick<HttpDeps, 'db' | 'draining'>): Promise<string | undefined> {
  if (deps.draining()) return 'the server is shutting down';
  try {
    await pingDatabase(deps.db);
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

function isError(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'error' in value;
}
