import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { App } from '../../app.ts';
import { hangUpSignal, liftIdleTimeout } from '../../connection.ts';
import type { HttpContext } from '../../deps.ts';
import { problemOf } from '../../errors.ts';
import { htmlPage, pageReply, plainText, textReply } from '../../replies.ts';
import { profileCpu } from './cpu-profile.ts';
import { profileHeap, startHeapSampling } from './heap-profile.ts';
import { type Inspector, openInspector } from './inspector.ts';
import { traceEvents } from './trace.ts';

const maxSeconds = 300;
const binary = (description: string) => ({
  description,
  content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
});
const badQuery = textReply('A parameter is not valid');
const seconds = (whenAbsent: number) =>
  z.object({ seconds: z.coerce.number().positive().max(maxSeconds).default(whenAbsent) });

type Deps = Pick<HttpContext, 'now' | 'log' | 'closing'>;

/**
 * Profiles of this process under `/debug/pprof`, for `go tool pprof`. As in Atlantis they are open to whoever reaches
 * the port, unless `--web-basic-auth` is on; register them only when the operator asked for them.
 */
export async function registerProfiling(app: App, deps: Deps): Promise<void> {
  const inspector = openInspector();
  await startHeapSampling(inspector);
  app.addHook('onClose', async () => inspector.close());
  app.setErrorHandler(async (error, _request, reply) => {
    const { status, message, isFault } = problemOf(error);
    if (isFault) deps.log.error({ err: error }, 'profiling went wrong');
    return reply.code(status).type(plainText).send(`${message}\n`);
  });
  addIndex(app, '/debug/pprof', 'pprof/');
  addIndex(app, '/debug/pprof/', '');
  addTimedProfiles(app, deps, inspector);
  addHeapProfile(app, deps, inspector);
  addTexts(app);
}

function addIndex(app: App, path: string, prefix: string): void {
  const schema = { summary: 'The profiles there are', response: { 200: pageReply('A list of links') } };
  app.get(path, { schema }, async (_request, reply) => reply.type(htmlPage).send(indexPage(prefix)));
}

function addTimedProfiles(app: App, deps: Deps, inspector: Inspector): void {
  const oneAtATime = takeTurns();
  const refusals = { 400: badQuery, 409: textReply('Another one is being taken') };

  app.get(
    '/debug/pprof/profile',
    {
      schema: {
        summary: 'Where computing time goes during the next seconds',
        querystring: seconds(30),
        response: { 200: binary('A CPU profile in pprof format'), ...refusals },
      },
    },
    async (request, reply) => {
      const options = { seconds: request.query.seconds, signal: waiting(deps, reply), now: deps.now };
      return oneAtATime(reply, 'profile', () => profileCpu(inspector, options));
    },
  );

  app.get(
    '/debug/pprof/trace',
    {
      schema: {
        summary: "The engine's trace events of the next seconds, as JSON for Perfetto",
        querystring: seconds(1),
        response: { 200: binary('Trace events'), ...refusals },
      },
    },
    async (request, reply) => {
      const options = { seconds: request.query.seconds, signal: waiting(deps, reply) };
      return oneAtATime(reply, 'trace.json', async () => Buffer.from(await traceEvents(inspector, options)));
    },
  );
}

function addHeapProfile(app: App, deps: Deps, inspector: Inspector): void {
  app.get(
    '/debug/pprof/heap',
    {
      schema: {
        summary: 'Where the memory in use was allocated',
        querystring: z.object({ gc: z.enum(['0', '1']).default('0') }),
        response: { 200: binary('A heap profile in pprof format'), 400: badQuery },
      },
    },
    async (request, reply) => {
      const profile = await profileHeap(inspector, { collectFirst: request.query.gc === '1', now: deps.now });
      return attach(reply, 'heap').send(profile);
    },
  );
}

function addTexts(app: App): void {
  app.get(
    '/debug/pprof/symbol',
    {
      schema: { summary: 'Profiles carry their own names, so there are none', response: { 200: textReply('A count') } },
    },
    async (_request, reply) => reply.type(plainText).send('num_symbols: 0\n'),
  );

  app.get(
    '/debug/pprof/cmdline',
    { schema: { summary: 'The program, without its flags', response: { 200: textReply('Words, NUL between them') } } },
    async (_request, reply) => reply.type(plainText).send(commandLine(process.argv)),
  );
}

/** The words up to the first flag: flags may hold secrets. */
export function commandLine(argv: readonly string[]): string {
  const flag = argv.findIndex((word) => word.startsWith('-'));
  return argv.slice(0, flag < 0 ? undefined : flag).join('\0');
}

function waiting(deps: Deps, reply: FastifyReply): AbortSignal {
  liftIdleTimeout(reply);
  return hangUpSignal(reply, deps.closing);
}

/** There is one profiler: a second request is refused while it is at work. */
function takeTurns() {
  let isBusy = false;
  return async (reply: FastifyReply, name: string, make: () => Promise<Buffer>): Promise<FastifyReply> => {
    if (isBusy) return reply.code(409).type(plainText).send('another profile is being taken\n');
    isBusy = true;
    const content = await make().finally(() => {
      isBusy = false;
    });
    return attach(reply, name).send(content);
  };
}

function attach(reply: FastifyReply, name: string): FastifyReply {
  return reply.type('application/octet-stream').header('content-disposition', `attachment; filename="${name}"`);
}

function indexPage(prefix: string): string {
  const rows = ['profile?seconds=30', 'heap', 'trace?seconds=5', 'cmdline', 'symbol'];
  const items = rows.map((row) => `<li><a href="${prefix}${row}">${row.replace(/\?.*/, '')}</a></li>`);
  return `<!doctype html>\n<html lang="en"><title>Profiles</title><h1>Profiles</h1><ul>${items.join('')}</ul></html>\n`;
}
