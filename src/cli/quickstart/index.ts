import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createToken, ensureSystemUser } from '../../access/index.ts';
import { type Options, readOptions } from '../../config/index.ts';
import { openDatabase } from '../../db/index.ts';
import { PolderError } from '../../lib/errors.ts';
import { createLog } from '../../lib/log.ts';
import { makeFolder } from '../../lib/make-folder.ts';
import { type RunningServer, startServer } from '../../server.ts';
import type { CliContext } from '../context.ts';
import { exitCodes, signalExitCode } from '../exit-codes.ts';
import { readFlags, readText } from '../read-flags.ts';
import { catchSignals } from '../stop-signals.ts';
import { apiClient } from './api-client.ts';
import { findSampleEngine, type SampleEngine } from './find-engine.ts';
import { quickstartForm } from './form.ts';
import { makeSampleRepo, sampleRepoName } from './sample-repo.ts';
import { takeTour } from './tour.ts';

type Tour = {
  readonly dir: string;
  readonly port: number;
  /** Nobody asked for that port. */
  readonly anyPort: boolean;
  readonly apiSecret: string;
  readonly engine: SampleEngine;
};

/**
 * `polder quickstart`: makes a sample repository, starts a server on the embedded database, plans and applies over
 * HTTP and by comments on a pull request, and leaves the server running to be tried.
 */
export async function runQuickstart(context: CliContext): Promise<number> {
  const reading = readFlags(context, quickstartForm);
  if (reading.kind === 'ended') return reading.code;
  const engine = findSampleEngine(context.env);
  if (!engine) {
    context.complain('no engine found: install terraform or tofu and put it on PATH');
    return exitCodes.fault;
  }
  const { options } = reading;
  const kept = options.dataDir !== '';
  const dir = kept ? resolve(options.dataDir) : await mkdtemp(join(tmpdir(), 'polder-quickstart-'));
  if (kept) makeFolder(dir, '--data-dir');
  const anyPort = options.port === 0;
  const port = anyPort ? await freePort(4141) : options.port;
  const say = (line: string) => context.write(`${line}\n`);
  say(`Engine: ${engine.from}`);
  say(`Folder: ${dir}${kept ? '' : ' (removed at the end)'}`);
  try {
    const tour = { dir, port, anyPort, apiSecret: randomBytes(16).toString('hex'), engine };
    return await runTour(context, tour, options.once);
  } finally {
    // After a second signal the server may still be writing.
    if (!kept) await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

/** One signal ends the tour in order, a second one at once: see `serveUntilStopped`. */
async function runTour(context: CliContext, tour: Tour, once: boolean): Promise<number> {
  const signals = catchSignals(context.signals);
  try {
    const ended = await Promise.race([tourUntil(signals.first, { context, tour, once }), signals.second]);
    return typeof ended === 'number' ? ended : signalExitCode(ended);
  } finally {
    signals.release();
  }
}

async function tourUntil(
  signal: Promise<unknown>,
  { context, tour, once }: { context: CliContext; tour: Tour; once: boolean },
): Promise<number> {
  const say = (line: string) => context.write(`${line}\n`);
  await makeSampleRepo(join(tour.dir, 'repos'), context.env);
  // Not beside the server: a second connection of one thread cannot wait for the first.
  const token = await makeToken(serverOptions(tour), context.now());
  const server = await startSample(context, tour);
  try {
    say(`Server: ${server.url} (database: SQLite)`);
    const succeeded = await Promise.race([
      takeTour(apiClient(server.url, { apiSecret: tour.apiSecret, token }), say),
      signal.then(() => undefined),
    ]);
    if (succeeded === undefined) return exitCodes.ok;
    if (!succeeded) context.complain('the tour did not succeed; the lines above say why');
    if (once || !succeeded) return succeeded ? exitCodes.ok : exitCodes.fault;
    for (const line of howToGoOn(server, { ...tour, token })) say(line);
    await signal;
    return exitCodes.ok;
  } finally {
    await server.drain();
  }
}

/** Another program may take the port between the look for one and the start, such as a second quickstart. */
async function startSample(context: CliContext, tour: Tour): Promise<RunningServer> {
  try {
    return await startServer({ options: serverOptions(tour), env: context.env, log: createLog({ level: 'error' }) });
  } catch (error) {
    if (!tour.anyPort || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return startSample(context, { ...tour, port: await freePort(0) });
  }
}

function serverOptions(tour: Tour): Options {
  const argv = [
    `--data-dir=${tour.dir}`,
    `--local-repos-dir=${join(tour.dir, 'repos')}`,
    '--repo-allowlist=local/acme/*',
    `--api-secret=${tour.apiSecret}`,
    '--host=127.0.0.1',
    `--port=${tour.port}`,
    `--atlantis-url=http://127.0.0.1:${tour.port}`,
    `--terraform-binary=${tour.engine.binary}`,
    `--default-tf-distribution=${tour.engine.distribution}`,
    '--tf-download=false',
  ];
  const reading = readOptions({ argv, env: {}, readFile: readText });
  if (reading.kind === 'ok') return reading.options;
  const reason = reading.kind === 'invalid' ? reading.errors.join('; ') : 'help was asked for';
  throw new PolderError('option_invalid', `starting the sample server: ${reason}`);
}

async function makeToken(options: Options, now: number): Promise<string> {
  const db = await openDatabase({ url: options.databaseUrl, log: createLog({ level: 'error' }) });
  try {
    const actor = await ensureSystemUser(db, 'polder', now);
    const name = `quickstart-${now}`;
    const made = await createToken(db, {
      name,
      role: 'maintainer',
      scope: 'api',
      repoId: null,
      expiresAt: null,
      actor,
      now,
    });
    if (made.kind !== 'created') throw new PolderError('internal', `making a token: ${made.message}`);
    return made.token;
  } finally {
    await db.close();
  }
}

function howToGoOn(server: RunningServer, tour: Tour & { token: string }): string[] {
  // The pull request of the tour has the locks of the others.
  const projects = ['network-staging'];
  const request = JSON.stringify({ Repository: sampleRepoName, Ref: 'main', Type: 'Local', Projects: projects });
  const curl = (kind: string) =>
    `  curl -X POST ${server.url}/api/${kind} -H 'X-Atlantis-Token: ${tour.apiSecret}' -d '${request}'`;
  const body = JSON.stringify({ repo: sampleRepoName, body: 'atlantis plan' });
  const comment = `  curl -X POST ${server.url}/api/pulls/1/comments -H 'X-Atlantis-Token: ${tour.apiSecret}' -d '${body}'`;
  const environments = `${server.url}/api/v4/projects/${encodeURIComponent(sampleRepoName)}/environments`;
  return [
    '',
    '== now you',
    `The sample is a git repository. Change ${join(tour.dir, 'repos', sampleRepoName, 'network/main.tf')}, commit, and plan it:`,
    '',
    curl('plan'),
    curl('apply'),
    comment,
    `  curl -H 'PRIVATE-TOKEN: ${tour.token}' ${environments}`,
    '',
    `Pages: ${server.url}/`,
    'The server goes on until Ctrl-C.',
  ];
}

/** The wanted port when it is free, else any free one. */
async function freePort(wanted: number): Promise<number> {
  const probe = (port: number) =>
    new Promise<number>((settle, fail) => {
      const server = createServer();
      server.once('error', fail);
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => settle(typeof address === 'object' && address ? address.port : port));
      });
    });
  return probe(wanted).catch(() => probe(0));
}
