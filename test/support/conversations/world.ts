import { join } from 'node:path';
import { type Db, openDatabase } from '../../../src/db/index.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { apiSecret } from '../api-client.ts';
import { startServer, type TestServer } from '../server.ts';
import { temporaryDir } from '../temp.ts';
import type { Conversation } from './conversation.ts';
import type { Forge, MakeForge } from './forge.ts';
import { notingEngine } from './noting-engine.ts';

/** A server with its host, real git and a real engine, for conversations that can share them. */
export type World = {
  readonly reposDir: string;
  readonly forge: Forge;
  readonly server: TestServer;
  /** The server's. */
  readonly db: Db;
  /** The full name of the repository that a conversation is held in. */
  nameOf(conversation: Conversation): string;
  /** How the engine was started since this was asked last; empty unless the conversations want to know. */
  engineCalls(): Promise<readonly string[]>;
  close(): Promise<void>;
};

/** Conversations that ask for the same server, together: starting one takes longer than most of them do. */
export function byServer(conversations: readonly Conversation[]): ReadonlyMap<string, readonly Conversation[]> {
  const groups = new Map<string, Conversation[]>();
  for (const conversation of conversations) {
    const name = serverOf(conversation);
    groups.set(name, [...(groups.get(name) ?? []), conversation]);
  }
  return groups;
}

/** What is particular about its server, in words. */
function serverOf({ flags = {}, engine, steps }: Conversation): string {
  const options = Object.entries(flags).map(([flag, value]) => (value === true ? ` --${flag}` : ` --${flag} ${value}`));
  const noting = engine ? `, with an engine that notes each ${engine.starting}` : '';
  const locked = steps.some((step) => 'globalLock' in step) ? ', where applies get locked' : '';
  return `${options.join('')}${noting}${locked}`;
}

/** Opens what conversations of one group share. */
export async function openWorld(conversations: readonly Conversation[], makeForge: MakeForge): Promise<World> {
  const nameOf = (conversation: Conversation) => `acme/infra-${conversations.indexOf(conversation)}`;
  const reposDir = await temporaryDir();
  const forge = await makeForge(reposDir);
  const engine = await notingEngine(conversations[0]?.engine?.starting);
  const flags = {
    'api-secret': apiSecret,
    'terraform-binary': engine.binary,
    'repo-config-json': JSON.stringify(rulesOf(conversations, nameOf)),
    ...forge.flags,
    ...conversations[0]?.flags,
  };
  const server = await startServer({ flags, env: forge.env });
  forge.connect(server);
  const url = `sqlite:${join(server.dataDir, 'polder', 'polder.db')}`;
  const db = await openDatabase({ url, log: silentLog() });
  const close = async () => {
    await db.close();
    await server.stop();
  };
  return { reposDir, forge, server, db, nameOf, engineCalls: engine.calls, close };
}

/** The rules of all conversations, each for its own repository. As those of Atlantis they leave out the port of a host. */
function rulesOf(conversations: readonly Conversation[], nameOf: World['nameOf']): object {
  const repos = conversations.flatMap((conversation) =>
    conversation.rule ? [{ id: `/^local(host)?\\/${nameOf(conversation)}$/`, ...conversation.rule }] : [],
  );
  const workflows = Object.assign({}, ...conversations.map((conversation) => conversation.workflows ?? {}));
  return { repos, workflows };
}
