import type { DbHandle } from '../../db/index.ts';
import type { Repo } from '../../repos/index.ts';
import type { Deployment } from '../types.ts';
import { deploymentDetails } from './deployment-details.ts';
import type { Revisions } from './revisions.ts';
import { successBefore } from './store.ts';

/** The numbers of pull requests that a deployment may have brought; only their host knows whether they were merged. */
export type ShippedPulls = {
  /** The one that its apply was for; null when there is none. */
  readonly own: number | null;
  /** Those that commits since the success before it say they merge, the largest first. */
  readonly merged: readonly number[];
};

/** What a deployment brought to its environment. One that did not succeed brought nothing but its own pull request. */
export async function shippedPulls(
  deps: { readonly db: DbHandle; readonly revisions: Pick<Revisions, 'messagesSince'> },
  repo: Repo,
  deployment: Deployment,
): Promise<ShippedPulls> {
  const [details] = await deploymentDetails(deps.db, [deployment]);
  const own = details?.cause?.run.pullNumber ?? null;
  const before = deployment.status === 'success' ? await successBefore(deps.db, deployment) : undefined;
  if (before === undefined) return { own, merged: [] };
  const messages = await deps.revisions.messagesSince(repo, { base: before.sha, head: deployment.sha });
  const numbers = new Set(messages.flatMap((message) => mergedPull(message) ?? []));
  return { own, merged: [...numbers].filter((number) => number !== own).sort((one, other) => other - one) };
}

/** How hosts name the pull request in the commit that merges it, unless somebody told them otherwise. */
const forms: readonly RegExp[] = [
  // GitHub, and repositories on disk.
  /^Merge pull request #(\d{1,9}) from /,
  // GitHub when it squashes or rebases, Gitea in all cases: https://docs.gitea.com/usage/merge-message-templates
  /^[^\n]* \(#(\d{1,9})\)(?: from [^\n]* into [^\n]*)?(?:\n|$)/,
  // https://docs.gitlab.com/user/project/merge_requests/commit_templates/
  /^See merge request [^\s!]*!(\d{1,9})$/m,
  // Bitbucket Cloud.
  /^Merged in [^\n]* \(pull request #(\d{1,9})\)/,
  // Bitbucket Data Center.
  /^Pull request #(\d{1,9}): /,
  // Azure DevOps.
  /^Merged PR (\d{1,9}): /,
];

/** The number of the pull request that a commit merges, by its message. */
export function mergedPull(message: string): number | undefined {
  for (const form of forms) {
    const number = form.exec(message)?.[1];
    if (number !== undefined) return Number(number);
  }
  return undefined;
}
