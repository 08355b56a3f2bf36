import { describe, it } from 'vitest';
import type { Branches, Forge } from '../../support/conversations/forge.ts';
import { giteaForge } from '../../support/conversations/gitea-forge.ts';
import { githubForge } from '../../support/conversations/github-forge.ts';
import { gitlabForge } from '../../support/conversations/gitlab-forge.ts';
import { holdConversation } from '../../support/conversations/hold-conversation.ts';
import { localForge } from '../../support/conversations/local-forge.ts';
import { firstSteps } from './first-steps.ts';
import { summary } from './summary.ts';

const forges: readonly (readonly [name: string, make: (branches: Branches) => Promise<Forge>])[] = [
  ['GitHub', githubForge],
  ['GitLab', gitlabForge],
  ['Gitea', giteaForge],
  ['local repositories', localForge],
];

const conversations = [...firstSteps, ...summary];

/** Each on one host in turn; all of them on all hosts in `npm run test:full`. */
const isFull = process.env.POLDER_TEST_FULL === '1';

describe.each(forges)('a conversation on %s', (name, make) => {
  const place = forges.findIndex(([one]) => one === name);
  const held = conversations.filter((_, index) => isFull || index % forges.length === place);
  it.concurrent.each(held)('$name', (conversation) => holdConversation(conversation, make));
});
