import { PolderError } from '../../lib/errors.ts';
import type { ApiClient } from './api-client.ts';
import { sampleBranch, sampleRepoName } from './sample-repo.ts';

/** Where the tour writes: lines for a person. */
export type Say = (line: string) => void;

const lookEveryMs = 100;
/** A plan and an apply of the sample take about a second each. */
const patienceMs = 60_000;

/**
 * Opens a pull request on the sample, shows its plan as the comment that it gets, and applies it with a comment. False
 * when it was not applied.
 */
export async function takePullTour(client: ApiClient, say: Say): Promise<boolean> {
  const pull = await client.openPull(sampleRepoName, { head: sampleBranch, base: 'main' });
  say('');
  say(`== pull request ${pull.number} of ${sampleRepoName}: ${sampleBranch} into main`);
  const plan = await answer(client, pull.number, 1);
  show(say, plan);
  say('');
  say(`== comment on it: atlantis apply`);
  await client.comment(sampleRepoName, pull.number, 'atlantis apply');
  const apply = await answer(client, pull.number, 3);
  show(say, apply);
  return apply.includes('Apply complete!');
}

/** Closes the pull requests of an earlier tour on the same folder, whose locks would be in the way. */
export async function closeEarlierPulls(client: ApiClient): Promise<void> {
  const pulls = (await client.openPulls()).filter(({ repository }) => repository.full_name === sampleRepoName);
  for (const { number } of pulls) await client.closePull(sampleRepoName, number);
  for (let waited = 0; waited < patienceMs && (await client.hasLocks(sampleRepoName)); waited += lookEveryMs) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

/** The comment of that number, counted from 1, once it is there. */
async function answer(client: ApiClient, pull: number, count: number): Promise<string> {
  for (let waited = 0; waited < patienceMs; waited += lookEveryMs) {
    const comment = (await client.comments(sampleRepoName, pull))[count - 1];
    if (comment) return comment.body;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw new PolderError('internal', `waiting for a comment on pull request ${pull}: none came`);
}

function show(say: Say, comment: string): void {
  for (const line of comment.split('\n')) say(`  ${line}`.trimEnd());
}
