import type { FastifyRequest } from 'fastify';
import { findRepo } from '../../repos/index.ts';
import { acceptRun, type Rejection } from '../../runs/index.ts';
import { callerOf, refusalFor } from '../auth.ts';
import type { HttpContext } from '../deps.ts';
import { retryAfter } from '../errors.ts';
import { idempotencyKeyOf } from './idempotency.ts';
import { readRunRequest } from './run-request.ts';

export type Accepted = { readonly kind: 'accepted'; readonly runId: number; readonly repeated: boolean };
/** The commands that requests can give. */
export type RequestedCommand = 'plan' | 'apply';

export type Refused = {
  readonly kind: 'refused';
  readonly status: 400 | 403 | 409 | 422 | 503;
  readonly error: string;
  readonly headers?: Readonly<Record<string, string>>;
};

const rejectionStatuses: Readonly<Record<Rejection, Refused['status']>> = {
  ref_unsafe: 400,
  ref_unknown: 400,
  base_branch_invalid: 400,
  config_invalid: 400,
  project_unknown: 400,
  path_invalid: 400,
  dir_unknown: 400,
  selection_empty: 400,
  pull_unknown: 400,
  pull_closed: 400,
  pull_left_out: 400,
  apply_locked: 409,
  idempotency_conflict: 422,
};

/** Makes a run of a request to plan or apply, or says why not, in Atlantis' order of checks. */
export async function acceptRequest(
  context: HttpContext,
  kind: RequestedCommand,
  request: FastifyRequest,
): Promise<Accepted | Refused> {
  if (context.draining()) {
    const error = 'the server is shutting down; send the request again';
    return { ...refused(503, error), headers: { 'retry-after': retryAfter } };
  }
  const { allowCommands } = context.settings;
  if (!allowCommands.includes(kind) && !allowCommands.includes('all')) {
    return refused(403, `the command ${kind} is not among those of --allow-commands`);
  }
  const body = bodyOf(request);
  const read = readRunRequest(body);
  if (!read.ok) return refused(400, read.error);
  const key = idempotencyKeyOf(request, body);
  if (key.kind === 'invalid') return refused(400, key.message);
  const { repository, hostType, ref, baseBranch, pullNumber, selection } = read.request;
  const found = await findRepo(context, { hostType, fullName: repository });
  if (found.kind === 'not_allowed') return refused(403, found.message);
  if (found.kind !== 'found') return refused(400, found.message);
  const caller = callerOf(request);
  const refusal = refusalFor(caller, `runs:${kind}`, found.repo);
  if (refusal !== undefined) return refused(403, refusal);
  const result = await acceptRun(context, {
    repo: found.repo,
    command: { kind, extraArgs: [] },
    target: { kind: 'ref', ref, baseBranch, pullNumber, selection },
    actor: caller.actor,
    trigger: { kind: 'api' },
    idempotency: key.kind === 'given' ? { key: key.key, digest: key.digest } : null,
  });
  return result.kind === 'accepted' ? result : refused(rejectionStatuses[result.reason], result.message);
}

/** The bytes that were sent; none when there was no body. */
export function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

function refused(status: Refused['status'], error: string): Refused {
  return { kind: 'refused', status, error };
}
