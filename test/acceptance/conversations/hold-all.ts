import { describe, it } from 'vitest';
import type { Conversation } from '../../support/conversations/conversation.ts';
import type { Branches, Forge, HostName } from '../../support/conversations/forge.ts';
import { holdConversation } from '../../support/conversations/hold-conversation.ts';
import { conversations } from './index.ts';

const everywhere: readonly HostName[] = ['GitHub', 'GitLab', 'Gitea', 'local repositories'];

/** Each conversation on one of its hosts in turn; all of them on all of theirs in `npm run test:full`. */
const isFull = process.env.POLDER_TEST_FULL === '1';

function isHeldOn(host: HostName, { hosts = everywhere }: Conversation, index: number): boolean {
  return isFull ? hosts.includes(host) : hosts[index % hosts.length] === host;
}

/** Holds what is to be held on a host. One after the other: what a test leaves behind is cleaned up at its own end. */
export function holdAll(host: HostName, makeForge: (branches: Branches) => Promise<Forge>): void {
  describe(`a conversation on ${host}`, () => {
    const held = conversations.filter((conversation, index) => isHeldOn(host, conversation, index));
    it.each(held)('$name', (conversation) => holdConversation(conversation, makeForge));
  });
}
