import { expect } from 'vitest';
import { waitFor } from '../wait-for.ts';
import { makeBranches } from './branches.ts';
import { compare } from './compare.ts';
import type { Conversation } from './conversation.ts';
import { type Place, take } from './take-step.ts';
import type { World } from './world.ts';

/** Holds a conversation of the world in a repository of its own, and compares what came of it with what it says. */
export async function holdConversation(world: World, conversation: Conversation): Promise<void> {
  const fullName = world.nameOf(conversation);
  const branches = await makeBranches(world.reposDir, fullName, conversation.files);
  await branches.commit('change', conversation.change, conversation.removed);
  const repo = world.forge.addRepo(fullName);
  const place: Place = { fullName, repo, branches, server: world.server, pulls: new Map(), merged: new Set() };
  for (const step of [{ open: 'change', ...conversation.opened }, ...conversation.steps]) {
    await take(step, place);
    if (!('until' in step || 'logged' in step)) await settle(world, place);
  }
  await compare(conversation, place);
  expect(await world.engineCalls()).toEqual(conversation.engine?.calls ?? []);
}

/** Waits until nothing that was asked is left to be done, and lets the host tell of merges that came of it. */
async function settle({ db }: World, { repo, pulls, merged }: Place): Promise<void> {
  const isIdle = async () => (await db.query.selectFrom('tasks').select('id').execute()).length === 0;
  const untilIdle = () => waitFor('everything to be done', isIdle, { timeoutMs: 60_000 });
  await untilIdle();
  for (const number of pulls.values()) {
    if (merged.has(number) || !(await repo.isMerged(number))) continue;
    merged.add(number);
    await repo.tellMerged(number);
    await untilIdle();
  }
}
