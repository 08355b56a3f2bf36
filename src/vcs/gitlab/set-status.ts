import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type CommitStatus, isStatus, type PullRef, refusalText, shortened } from '../index.ts';
import type { GitlabClient } from './client.ts';
import { getRequest } from './pull-reads.ts';
import { commitSchema } from './schemas.ts';

type Commit = PullRef & { readonly headSha: string };
/** What a status is attached to: a pipeline, or the branch for which GitLab then makes one. */
type Place = { readonly pipelineId: number } | { readonly ref: string };

export type StatusWriter = (commit: Commit, status: CommitStatus) => Promise<void>;

type Options = {
  /** How often to look for a pipeline, which GitLab makes some time after a push. */
  readonly looks: number;
  /** Between looks it is waited four times as long. */
  readonly pauseMs: number;
  readonly now: () => number;
};

/** https://docs.gitlab.com/api/commits/#set-commit-pipeline-status */
const states = { pending: 'running', success: 'success', failure: 'failed' } as const;
const longestText = 255;
const attempts = 10;
/** A pipeline that somebody starts anew for the same commit is found after that. */
const placeLifeMs = 30_000;
const mostPlaces = 500;

/**
 * A function that sets statuses. They belong to the newest pipeline of their commit, since GitLab shows and judges no
 * other; where it was looked for is remembered for all statuses of the commit.
 */
export function createStatusWriter(client: GitlabClient, options: Options): StatusWriter {
  const places = new Map<string, { readonly foundAt: number; readonly place: Promise<Place> }>();
  const keyOf = ({ fullName, headSha }: Commit) => `${fullName} ${headSha}`;
  const placeOf = (commit: Commit): Promise<Place> => {
    const kept = places.get(keyOf(commit));
    if (kept && options.now() - kept.foundAt < placeLifeMs) return kept.place;
    const place = findPlace(client, commit, options);
    places.delete(keyOf(commit));
    places.set(keyOf(commit), { foundAt: options.now(), place });
    const [oldest] = places.keys();
    if (places.size > mostPlaces && oldest !== undefined) places.delete(oldest);
    place.catch(() => places.delete(keyOf(commit)));
    return place;
  };
  return async (commit, status) => {
    for (let attempt = 1; ; attempt += 1) {
      const place = await placeOf(commit);
      const outcome = await post(client, commit, { status, place });
      if (outcome.kind === 'set') return;
      if (!outcome.isPassing || attempt === attempts) throw outcome.error;
      places.delete(keyOf(commit));
      await pause(options.pauseMs * attempt);
    }
  };
}

async function findPlace(client: GitlabClient, commit: Commit, { looks, pauseMs }: Options): Promise<Place> {
  const { fullName, headSha } = commit;
  for (let look = 1; look <= looks; look += 1) {
    if (look > 1) await pause(4 * pauseMs);
    const found = await client.find('reading a commit', (api) => api.commits.show(fullName, headSha), commitSchema);
    if (found?.last_pipeline) return { pipelineId: found.last_pipeline.id };
  }
  return { ref: (await getRequest(client, commit)).source_branch };
}

type Posting = { readonly status: CommitStatus; readonly place: Place };
type Posted =
  | { readonly kind: 'set' }
  | { readonly kind: 'failed'; readonly error: unknown; readonly isPassing: boolean };

async function post(client: GitlabClient, { fullName, headSha }: Commit, posting: Posting): Promise<Posted> {
  const { context, state, description, targetUrl } = posting.status;
  const options = {
    name: context,
    description: shortened(description, longestText),
    // A longer one is refused, and the status is worth more than its link.
    ...(targetUrl === null || targetUrl.length > longestText ? {} : { targetUrl }),
    ...posting.place,
  };
  try {
    await client.ask(
      'setting a commit status',
      (api) => api.commits.editStatus(fullName, headSha, states[state], options),
      z.unknown(),
    );
    return { kind: 'set' };
  } catch (error) {
    if (isThereAlready(error)) return { kind: 'set' };
    return { kind: 'failed', error, isPassing: isPassing(error, posting.place) };
  }
}

/** GitLab knows no change from a state to itself, and writes the new description all the same. */
function isThereAlready(error: unknown): boolean {
  return isStatus(error, 400) && /Cannot transition status via :run from :running/.test(refusalText(error));
}

/** Statuses that are set at one time for one commit get in each other's way; a pipeline may be gone since it was found. */
function isPassing(error: unknown, place: Place): boolean {
  return isStatus(error, 409) || ('pipelineId' in place && isStatus(error, 404));
}
