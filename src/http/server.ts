import Fastify, { type FastifyReply } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { createRevisions, noStopActions, type StopActions } from '../environments/index.ts';
import type { App } from './app.ts';
import { registerAtlantisApi } from './atlantis-api/index.ts';
import { callerKey } from './auth.ts';
import { requireBasicAuth } from './basic-auth.ts';
import type { HttpContext, HttpDeps } from './deps.ts';
import { problemOf } from './errors.ts';
import { answerBadAddress, registerGitlabApi } from './gitlab-api/index.ts';
import { createNodeServer, defaultTimeouts, refuseBrokenRequest, type Timeouts } from './node-server.ts';
import { describeRoutes, registerDescription } from './openapi.ts';
import { registerOperations } from './ops/operations.ts';
import { registerPages } from './pages/index.ts';
import { registerPullsApi } from './pulls-api/index.ts';
import { plainText } from './replies.ts';
import { addRoutingRules, originForm } from './routing.ts';
import { registerRunsApi } from './runs-api/index.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { registerWebhooks } from './webhooks/index.ts';

/** Largest body of a request under `/api/`. */
const apiBodyLimit = 1024 * 1024;
/** GitLab's face has full names of repositories in its paths, encoded. */
const maxParamLength = 4096;

/** Fastify would load compilers of its own, a tenth of the server's memory: ours are set right after. */
const noOtherCompilers = { buildValidator: unexpectedCompiler, buildSerializer: unexpectedCompiler };

function unexpectedCompiler(): never {
  throw new Error('compiling a schema: every schema has a compiler of our own');
}

/** The HTTP side, ready to listen. */
export type HttpServer = Pick<App, 'listen' | 'close' | 'inject' | 'server' | 'swagger'>;

/**
 * Builds all routes over the app's functions. `listen({ host, port })` opens the port; `close()` takes no new
 * connections, ends the streams that follow logs, and resolves when every answer is out.
 */
export async function createHttpServer(
  deps: HttpDeps & { readonly stopActions?: StopActions },
  timeouts: Timeouts = defaultTimeouts,
): Promise<HttpServer> {
  const { settings, log } = deps;
  const app: App = Fastify({
    bodyLimit: apiBodyLimit,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength },
    schemaController: { compilersFactory: noOtherCompilers },
    rewriteUrl: (request) => originForm(request.url ?? '/'),
    serverFactory: (listener) => createNodeServer({ settings, timeouts, log }, listener),
    clientErrorHandler: refuseBrokenRequest,
    frameworkErrors: (error, request, reply: FastifyReply) => {
      if (answerBadAddress(request, reply)) return;
      const { status, message } = problemOf(error);
      void reply.code(status).type(plainText).send(`${message}\n`);
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest(callerKey, null);

  addSecurityHeaders(app);
  requireBasicAuth(app, settings);
  addRoutingRules(app, (path) => path.startsWith('/api/v4/'));
  app.addHook('onResponse', async (request, reply) => {
    const { method, ip, routeOptions } = request;
    log.debug(
      { method, route: routeOptions.url, ip, status: reply.statusCode, ms: reply.elapsedTime },
      'request answered',
    );
  });

  const context: HttpContext = { ...deps, timeouts, closing: closingSignal(app) };
  await describeRoutes(app, settings);
  await app.register(async (ops: App) => registerOperations(ops, context));
  await app.register(async (api: App) => registerAtlantisApi(api, context));
  await app.register(async (api: App) => registerRunsApi(api, context));
  await app.register(async (api: App) => registerPullsApi(api, context));
  const { intake } = context;
  if (intake) await app.register(async (webhooks: App) => registerWebhooks(webhooks, { ...context, intake }));
  const revisions = createRevisions(deps);
  await registerGitlabApi(app, {
    stopActions: noStopActions,
    ...context,
    revisions,
    readCommits: (repo, shas) => revisions.read(repo.id, shas),
  });
  await app.register(async (pages: App) => registerPages(pages, context));
  if (settings.enableProfilingApi) {
    const { registerProfiling } = await import('./ops/pprof/index.ts');
    await app.register(async (profiling: App) => registerProfiling(profiling, context));
  }
  await app.register(async (description: App) => registerDescription(description, context));
  await app.ready();
  return app;
}

/**
 * Aborts when the server begins to close, before it waits for the answers that are still going on. Their connections
 * end with them: kept alive, they would hold the server for as long as clients like to keep them.
 */
function closingSignal(app: App): AbortSignal {
  const controller = new AbortController();
  app.addHook('preClose', async () => controller.abort());
  app.addHook('onSend', async (_request, reply) => {
    if (controller.signal.aborted) reply.header('connection', 'close');
  });
  return controller.signal;
}
