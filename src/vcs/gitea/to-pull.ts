import type { Pull } from '../index.ts';
import type { GiteaPull } from './schemas.ts';

/** Our own view of Gitea's pull request. */
export function toPull(pull: GiteaPull): Pull {
  const { head, base } = pull;
  return {
    number: pull.number,
    url: pull.html_url,
    title: pull.title,
    author: pull.user?.login ?? ghost,
    // Once the branch is gone `ref` names `refs/pull/<number>/head` instead.
    headBranch: head.ref.startsWith('refs/') ? head.label || head.ref : head.ref,
    headSha: head.sha,
    headRepo: headRepoOf(pull),
    headRef: `refs/pull/${pull.number}/head`,
    baseBranch: base.ref,
    open: pull.state === 'open',
    merged: pull.merged === true,
    draft: pull.draft ?? isDraftTitle(pull.title),
    labels: (pull.labels ?? []).map(({ name }) => name),
  };
}

/**
 * Whoever may read a repo may open a pull request by a push to `refs/for/<base>`, and Gitea then names the repo itself: as
 * little is known of where it comes from as of one whose fork is gone. https://docs.gitea.com/usage/agit
 */
function headRepoOf({ head }: GiteaPull): Pull['headRepo'] {
  const hasBranch = Boolean(head.label) || !head.ref.startsWith('refs/');
  return head.repo && hasBranch ? { fullName: head.repo.full_name, owner: ownerOf(head.repo.full_name) } : null;
}

/** Gitea's name for the author of what a deleted account left. */
export const ghost = 'Ghost';

/**
 * Gitea knows a draft by its title. An administrator may choose other beginnings, which we cannot know:
 * https://docs.gitea.com/administration/config-cheat-sheet#repository---pull-request-repositorypull-request
 */
export function isDraftTitle(title: string): boolean {
  return /^\s*(?:wip:|\[wip\])/i.test(title);
}

function ownerOf(fullName: string): string {
  return fullName.slice(0, fullName.lastIndexOf('/'));
}
