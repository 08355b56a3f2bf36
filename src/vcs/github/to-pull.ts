import type { Pull } from '../index.ts';
import type { GithubPull } from './schemas.ts';

/** GitHub's name for the author of what a deleted account left. */
export const ghost = 'ghost';

/** Our own view of GitHub's pull request. */
export function toPull(pull: GithubPull): Pull {
  const { head, base } = pull;
  return {
    number: pull.number,
    url: pull.html_url,
    title: pull.title ?? '',
    author: pull.user?.login ?? ghost,
    headBranch: head.ref,
    headSha: head.sha,
    headRepo: head.repo && { fullName: head.repo.full_name, owner: ownerOf(head.repo.full_name) },
    headRef: `refs/pull/${pull.number}/head`,
    baseBranch: base.ref,
    ...(base.repo.clone_url ? { cloneUrl: base.repo.clone_url } : {}),
    open: pull.state === 'open',
    merged: pull.merged === true,
    draft: pull.draft === true,
    labels: (pull.labels ?? []).map(({ name }) => name),
  };
}

function ownerOf(fullName: string): string {
  return fullName.slice(0, fullName.indexOf('/'));
}
