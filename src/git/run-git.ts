import { statfs } from 'node:fs/promises';
import { type ProcessResult, runProcess } from '../exec/index.ts';
import { PolderError } from '../lib/errors.ts';
import { gitHome, repoOfMirror } from './layout.ts';
import { looksDamaged } from './looks-damaged.ts';
import type { GitDeps } from './types.ts';

export type GitCall = {
  /** What this is for, in the words of an error message: `fetching acme/infra`. */
  readonly activity: string;
  /** Nothing in it comes from outside unless it follows `--` or was checked. */
  readonly args: readonly string[];
  readonly gitDir?: string;
  readonly workTree?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** More output than this is an error. 16 MiB if not given. */
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Asks another machine, for which nobody else has to wait. */
  readonly remote?: boolean;
  /** Exit codes that are answers; 0 if not given. */
  readonly codes?: readonly number[];
  /** Never shown, however git repeats them. */
  readonly secrets?: readonly string[];
};

export type GitOutput = { readonly code: number; readonly stdout: string };

/** What it takes to run git. */
export type RunGitDeps = Pick<GitDeps, 'dataDir' | 'environment' | 'limits' | 'turns' | 'damaged'>;

/**
 * Git did not do what was asked. `reason` is what it said, fit to be shown on a pull request: one line without credentials,
 * which does not tell where on this machine our folders are. `damaged`: it was of a mirror that lacks something or cannot be
 * read, which the next fetch makes again.
 */
export type GitFailure = { readonly reason: string; readonly diskFull: boolean; readonly damaged: boolean };

const killAfterMs = 5_000;
const longestReason = 2_000;
const littleSpace = 64 * 1024 * 1024;

/**
 * Runs git and gives its output. Throws `git_failed`, or `disk_full`, with git's own words; the reason of `signal` when
 * that aborts.
 */
export async function runGit(deps: RunGitDeps, call: GitCall): Promise<GitOutput> {
  const result = await tryGit(deps, call);
  if ('reason' in result) throw gitError(call.activity, result);
  return result;
}

/** The same for callers that can do something about a failure. Throws only when `signal` aborts. */
export async function tryGit(deps: RunGitDeps, call: GitCall): Promise<GitOutput | GitFailure> {
  const timeoutMs = call.timeoutMs ?? deps.limits.commandMs;
  const run = () => runCall(deps, call, timeoutMs);
  const result = await (call.remote ? run() : deps.turns(run));
  if (result.kind === 'cancelled') throw call.signal?.reason;
  if (result.kind === 'exited' && (call.codes ?? [0]).includes(result.code) && !result.truncated) {
    return { code: result.code, stdout: result.stdout };
  }
  const said = failureReason(result, timeoutMs).replaceAll(`${deps.dataDir}/`, '');
  const reason = withoutSecrets(said, call.secrets ?? []);
  const repoId = call.gitDir === undefined ? undefined : repoOfMirror(deps, call.gitDir);
  const damaged = repoId !== undefined && looksDamaged(reason);
  if (damaged) deps.damaged.add(repoId);
  return { reason, diskFull: await isDiskFull(deps, reason), damaged };
}

function runCall(deps: RunGitDeps, call: GitCall, timeoutMs: number): Promise<ProcessResult> {
  return runProcess({
    file: 'git',
    args: call.args,
    cwd: call.workTree ?? gitHome(deps),
    env: {
      ...deps.environment,
      ...(call.gitDir === undefined ? {} : { GIT_DIR: call.gitDir }),
      ...(call.workTree === undefined ? {} : { GIT_WORK_TREE: call.workTree }),
      ...call.env,
    },
    output: { kind: 'capture', maxBytes: call.maxBytes ?? 16 * 1024 * 1024 },
    timeoutMs,
    killAfterMs,
    ...(call.input === undefined ? {} : { input: call.input }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  });
}

/** `isPassing` of its details says whether asking again later may help. */
export function gitError(activity: string, failure: GitFailure): PolderError {
  const details = { isPassing: failure.damaged || passingReasons.test(failure.reason) };
  return new PolderError(failure.diskFull ? 'disk_full' : 'git_failed', `${activity}: ${failure.reason}`, { details });
}

/** What git and curl say of a server that is away, or in trouble: https://curl.se/libcurl/c/libcurl-errors.html */
const passingReasons =
  /returned error: (429|5\d\d)|could ?n[o']t (resolve|connect)|failed to connect|connection (refused|reset|timed out)|recv failure|timed out|operation too slow|early EOF|RPC failed|hung up unexpectedly|unexpected disconnect|git did not end within/i;

/** Runs work on our own files, and names the activity when the disk is full. */
export async function withDisk<T>(activity: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
    throw new PolderError('disk_full', `${activity}: there is no space left on the disk`, { cause: error });
  }
}

/** Of a file of a checkout, git says only that it could not be written. */
async function isDiskFull({ dataDir }: RunGitDeps, reason: string): Promise<boolean> {
  if (/No space left on device|Disk quota exceeded/i.test(reason)) return true;
  if (!/unable to write/i.test(reason)) return false;
  const { bavail, bsize } = await statfs(dataDir);
  return bavail * bsize < littleSpace;
}

function failureReason(result: Exclude<ProcessResult, { kind: 'cancelled' }>, timeoutMs: number): string {
  if (result.kind === 'not_started') return result.reason;
  if (result.kind === 'timed_out') return `git did not end within ${timeoutMs / 1000} seconds`;
  if (result.truncated) return 'git printed more than is accepted';
  const said = spokenReason(result.stderr);
  if (said !== '') return said;
  return result.kind === 'killed' ? `git was ended by ${result.signal}` : `git ended with exit code ${result.code}`;
}

/** Git's last words without its prefixes: progress and hints come before them. */
function spokenReason(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.trim() !== '' && !line.startsWith('hint: '));
  const fatal = lines.findIndex((line) => /^(fatal|error): /.test(line));
  const shown = lines.slice(fatal === -1 ? 0 : fatal).map((line) => line.replace(/^(fatal|error): /, ''));
  return shown.join('; ').slice(0, longestReason);
}

/** A credential is shown neither as it is nor in the forms in which it travels. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]);
  const hidden = forms.reduce((rest, form) => rest.replaceAll(form, '<redacted>'), text);
  return hidden.replace(/:\/\/[^/\s@]+@/g, '://<redacted>@');
}
