import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GitDeps } from '../../git/index.ts';
import { buildHosts } from '../../hosts/index.ts';
import { errorText } from '../../lib/errors.ts';
import { type Log, silentLog } from '../../lib/log.ts';
import { version } from '../../lib/version.ts';
import { type Finding, type Hosts, ok, problem, trustedAuthorities, warning } from '../../vcs/index.ts';
import type { Doctor } from './doctor.ts';
import { lookAtAddress } from './look-at-address.ts';
import { lookAtAuthorities, lookAtCertificate } from './look-at-certificates.ts';
import { lookAtHosts } from './look-at-hosts.ts';
import { lookAtDatabase, lookAtDataDir, lookAtEngine, lookAtGit, lookAtRules } from './look-at-machine.ts';

/** What is found, in an order in which the first trouble is likely to be the cause of those that follow. */
export async function* examine(doctor: Doctor): AsyncGenerator<Finding> {
  const log = silentLog();
  yield ok('polder', `${version}, on Node ${process.versions.node}`);
  if (doctor.warnings.length === 0) yield ok('options', 'are valid');
  for (const text of doctor.warnings) yield warning('options', text, 'see that you do not rely on it');
  yield await lookAtDataDir(doctor.options.dataDir);
  yield await lookAtDatabase(doctor.options.databaseUrl);
  yield await lookAtEngine(doctor, log);
  yield* await lookAtRules(doctor.options);
  yield* await lookAtCertificate(doctor.options);
  const scratchDir = await mkdtemp(join(tmpdir(), 'polder-doctor-'));
  try {
    const { git, finding } = await lookAtGit(doctor, { scratchDir, log });
    yield finding;
    yield* lookOutside(doctor, git, log);
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
}

async function* lookOutside(doctor: Doctor, git: GitDeps | undefined, log: Log): AsyncGenerator<Finding> {
  const { options, env, now } = doctor;
  yield* await lookAtAuthorities(env);
  let hosts: Hosts;
  try {
    hosts = await buildHosts({ options, log, now, env, localPulls: null });
  } catch (error) {
    yield problem('hosts', errorText(error), 'correct the options of the host');
    return;
  }
  const authorities = await trustedAuthorities(env, log);
  const isRemote = hosts.all.some(({ type }) => type !== 'Local');
  yield* await lookAtAddress(options.atlantisUrl, { probe: { authorities, log, now }, isRemote });
  yield* lookAtHosts(doctor, hosts, git);
}
