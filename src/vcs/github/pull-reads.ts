import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { PolderError } from '../../lib/errors.ts';
import type { ChangedFiles, Pull, PullRef } from '../index.ts';
import type { GithubClient } from './client.ts';
import { fileSchema, type GithubPull, pullSchema, reviewSchema } from './schemas.ts';
import { toPull } from './to-pull.ts';

/** How GitHub's routes name a repo. */
export function repoParameters(fullName: string): { readonly owner: string; readonly repo: string } {
  const [owner = '', repo = ''] = fullName.split('/');
  return { owner, repo };
}

export function pullParameters({ fullName, number }: PullRef) {
  return { ...repoParameters(fullName), pull_number: number };
}

const pullRoute = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';

export async function getPull(client: GithubClient, ref: PullRef): Promise<Pull | undefined> {
  const pull = await client.find(pullRoute, pullParameters(ref), pullSchema);
  return pull && toPull(pull);
}

/** GitHub works out whether a pull request can be merged after it was asked, and says `unknown` until then. */
export async function getSettledPull(client: GithubClient, ref: PullRef, pollMs: number): Promise<GithubPull> {
  for (let attempt = 1; ; attempt += 1) {
    const pull = await client.ask(pullRoute, pullParameters(ref), pullSchema);
    const isSettled = !['unknown', '', undefined, null].includes(pull.mergeable_state);
    if (isSettled || pull.state === 'closed' || attempt === 6) return pull;
    await pause(pollMs * attempt);
  }
}

/** GitHub lists no more than that: https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files */
const mostFiles = 3000;

export async function listChangedFiles(client: GithubClient, ref: PullRef): Promise<ChangedFiles> {
  const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files';
  const { items, complete } = await client.list(route, pullParameters(ref), fileSchema);
  const paths = items.flatMap(({ filename, previous_filename: previous }) =>
    previous === undefined ? [filename] : [filename, previous],
  );
  return { paths: [...new Set(paths)], complete: complete && items.length < mostFiles };
}

const contentSchema = z.union([
  // A folder.
  z.array(z.unknown()).transform(() => ({ kind: 'other' as const })),
  z
    .object({ type: z.literal('file'), encoding: z.string(), content: z.string() })
    .transform(({ encoding, content }) => ({ kind: 'file' as const, encoding, content })),
  // A link or a submodule.
  z.object({ type: z.string() }).transform(() => ({ kind: 'other' as const })),
]);

export async function getFile(client: GithubClient, file: { fullName: string; path: string; ref: string }) {
  const { fullName, path, ref } = file;
  const route = 'GET /repos/{owner}/{repo}/contents/{path}';
  const found = await client.find(route, { ...repoParameters(fullName), path, ref }, contentSchema);
  if (found?.kind !== 'file') return undefined;
  // Above 1 MB GitHub says where the content is instead.
  if (found.encoding !== 'base64') throw new PolderError('host_refused', `reading ${path}: it is larger than 1 MB`);
  return Buffer.from(found.content, 'base64').toString('utf8');
}

type Review = z.infer<typeof reviewSchema>;

export async function listReviews(client: GithubClient, ref: PullRef): Promise<Review[]> {
  const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews';
  return (await client.list(route, pullParameters(ref), reviewSchema)).items;
}

/** Whoever approved last: a later request for changes, or a dismissal, takes a person's approval back; a remark does not. */
export function approvers(reviews: readonly Review[]): string[] {
  const latest = new Map<string, string>();
  for (const { user, state } of reviews) {
    if (user && ['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED'].includes(state)) latest.set(user.login, state);
  }
  return [...latest].filter(([, state]) => state === 'APPROVED').map(([login]) => login);
}
