import { join } from 'node:path';
import { type Db, openDatabase } from '../../../src/db/index.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { apiSecret } from '../api-client.ts';
import { startServer } from '../server.ts';
import { waitFor } from '../wait-for.ts';
import { makeBranches } from './branches.ts';
import { compare } from './compare.ts';
import type { Conversation } from './conversation.ts';
import type { Branches, Forge } from './forge.ts';
import { notingEngine } from './noting-engine.ts';
import { take, type World } from './take-step.ts';

/** Holds the conversation on a host with a server, real git and a real engine, and compares what came of it. */
export async function holdConversation(
  conversation: Conversation,
  makeForge: (branches: Branches) => Promise<Forge>,
): Promise<void> {
  const branches = await makeBranches(conversation.files);
  await branches.commit('change', conversation.change, conversation.removed);
  const forge = await makeForge(branches);
  const engine = await notingEngine(conversation.engine?.starting);
  const server = await startServer({ flags: flagsOf(conversation, forge, engine.binary), env: forge.env });
  forge.connect(server);
  const world: World = { forge, server, branches, pulls: new Map(), merged: new Set() };
  const url = `sqlite:${join(server.dataDir, 'polder', 'polder.db')}`;
  const db = await openDatabase({ url, log: silentLog() });
  try {
    for (const step of [{ open: 'change', ...conversation.opened }, ...conversation.steps]) {
      await take(step, world);
      if (!('until' in step)) await settle(world, db);
    }
  } finally {
    await db.close();
  }
  await compare(conversation, { forge, server, engineCalls: await engine.calls() });
}

function flagsOf({ rules, flags }: Conversation, forge: Forge, binary: string) {
  return {
    'api-secret': apiSecret,
    'terraform-binary': binary,
    ...(rules === undefined ? {} : { 'repo-config-json': JSON.stringify(rules) }),
    ...forge.flags,
    ...flags,
  };
}

/** Waits until nothing that was asked is left to be done, and lets the host tell of merges that came of it. */
async function settle({ forge, pulls, merged }: World, db: Db): Promise<void> {
  const isIdle = async () => (await db.query.selectFrom('tasks').select('id').execute()).length === 0;
  const untilIdle = () => waitFor('everything to be done', isIdle, { timeoutMs: 60_000 });
  await untilIdle();
  for (const number of pulls.values()) {
    if (merged.has(number) || !(await forge.isMerged(number))) continue;
    merged.add(number);
    await forge.tellMerged(number);
    await untilIdle();
  }
}
