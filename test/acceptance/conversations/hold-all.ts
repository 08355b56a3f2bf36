import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Conversation } from '../../support/conversations/conversation.ts';
import type { HostName, MakeForge } from '../../support/conversations/forge.ts';
import { holdConversation } from '../../support/conversations/hold-conversation.ts';
import { byServer, openWorld, type World } from '../../support/conversations/world.ts';
import { conversations } from './index.ts';

const everywhere: readonly HostName[] = ['GitHub', 'GitLab', 'Gitea', 'local repositories'];

/** Each conversation on one of its hosts in turn; all of them on all of theirs in `npm run test:full`. */
const isFull = process.env.POLDER_TEST_FULL === '1';

function isHeldOn(host: HostName, { hosts = everywhere }: Conversation, index: number): boolean {
  return isFull ? hosts.includes(host) : hosts[index % hosts.length] === host;
}

/** Holds what is to be held on a host. One after the other, so that each knows when the server has nothing left to do. */
export function holdAll(host: HostName, makeForge: MakeForge): void {
  const held = conversations.filter((conversation, index) => isHeldOn(host, conversation, index));
  describe.each([...byServer(held)])(`a conversation on ${host}, polder server%s`, (_, group) => {
    let world: World;
    beforeAll(async () => {
      world = await openWorld(group, makeForge);
    });
    afterAll(() => world.close());
    it.each(group.map((conversation) => [conversation.name, conversation] as const))('%s', (_name, conversation) =>
      holdConversation(world, conversation),
    );
  });
}
