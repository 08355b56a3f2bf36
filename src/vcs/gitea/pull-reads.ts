import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { PolderError } from '../../lib/errors.ts';
import type { ChangedFiles, Mergeability, Pull, PullRef } from '../index.ts';
import type { GiteaClient } from './client.ts';
import { fileSchema, pullSchema, reviewSchema } from './schemas.ts';
import { toPull } from './to-pull.ts';

const pullRoute = 'GET /repos/{fullName}/pulls/{index}';

export function pullParameters({ fullName, number }: PullRef) {
  return { fullName, index: number };
}

export async function getPull(client: GiteaClient, ref: PullRef): Promise<Pull | undefined> {
  const pull = await client.find(pullRoute, pullParameters(ref), pullSchema);
  return pull && toPull(pull);
}

/** How often Gitea is asked again while it may still be checking for conflicts: three times, after 1, 2 and 3 pauses. */
export const lastCheck = 4;

/** Gitea says that a pull request cannot be merged both when there is a conflict and while it looks for one. */
export async function getMergeability(client: GiteaClient, ref: PullRef, pollMs: number): Promise<Mergeability> {
  for (let attempt = 1; ; attempt += 1) {
    const pull = await client.ask(pullRoute, pullParameters(ref), pullSchema);
    if (toPull(pull).draft) return { mergeable: false, reason: 'PR is a draft' };
    if (pull.mergeable) return { mergeable: true };
    if (pull.state === 'closed') return { mergeable: false, reason: 'PR is closed' };
    if (attempt === lastCheck) {
      return { mergeable: false, reason: `PR has conflicts with ${pull.base.ref}, or is still being checked for them` };
    }
    await pause(pollMs * attempt);
  }
}

export async function listChangedFiles(client: GiteaClient, ref: PullRef): Promise<ChangedFiles> {
  const route = 'GET /repos/{fullName}/pulls/{index}/files';
  const { items, complete } = await client.list(route, pullParameters(ref), fileSchema);
  const paths = items.flatMap(({ filename, previous_filename: previous }) =>
    previous ? [filename, previous] : [filename],
  );
  return { paths: [...new Set(paths)], complete };
}

const contentSchema = z.union([
  // A folder.
  z.array(z.unknown()).transform(() => ({ kind: 'other' as const })),
  z
    .object({ type: z.literal('file'), encoding: z.string().nullish(), content: z.string().nullish() })
    .transform(({ encoding, content }) => ({ kind: 'file' as const, encoding, content })),
  // A link or a submodule.
  z.object({ type: z.string() }).transform(() => ({ kind: 'other' as const })),
]);

export async function getFile(
  client: GiteaClient,
  file: { readonly fullName: string; readonly path: string; readonly ref: string },
): Promise<string | undefined> {
  const found = await client.find('GET /repos/{fullName}/contents/{path}', file, contentSchema);
  if (found?.kind !== 'file') return undefined;
  if (found.encoding !== 'base64') {
    throw new PolderError('host_refused', `reading ${file.path}: it is larger than Gitea's API shows`);
  }
  return Buffer.from(found.content ?? '', 'base64').toString('utf8');
}

type Review = z.infer<typeof reviewSchema>;

export async function listReviews(client: GiteaClient, ref: PullRef): Promise<Review[]> {
  const route = 'GET /repos/{fullName}/pulls/{index}/reviews';
  return (await client.list(route, pullParameters(ref), reviewSchema)).items;
}

/** Whoever approved last: a later request for changes, or a dismissal, takes a person's approval back; a remark does not. */
export function approvers(reviews: readonly Review[]): string[] {
  const latest = new Map<string, boolean>();
  for (const { user, state, dismissed } of reviews) {
    if (user && ['APPROVED', 'REQUEST_CHANGES'].includes(state))
      latest.set(user.login, isApproval({ state, dismissed }));
  }
  return [...latest].filter(([, approves]) => approves).map(([login]) => login);
}

export function isApproval({ state, dismissed }: Pick<Review, 'state' | 'dismissed'>): boolean {
  return state === 'APPROVED' && dismissed !== true;
}
