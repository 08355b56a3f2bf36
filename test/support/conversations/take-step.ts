import { expect } from 'vitest';
import type { TestServer } from '../server.ts';
import { waitFor } from '../wait-for.ts';
import type { Step } from './conversation.ts';
import type { Branches, Forge } from './forge.ts';

export type World = {
  readonly forge: Forge;
  readonly server: TestServer;
  readonly branches: Branches;
  /** By branch. */
  readonly pulls: Map<string, number>;
  /** Those whose merge has been told. */
  readonly merged: Set<number>;
};

/** Does what the step says. What comes of it is not waited for. */
export async function take(step: Step, world: World): Promise<void> {
  const { forge, server, pulls } = world;
  if ('open' in step) pulls.set(step.open, await forge.open(step.open, step));
  else if ('comment' in step) await comment(step, world);
  else if ('push' in step) await push(step, world);
  else if ('approve' in step) await forge.approve(1);
  else if ('block' in step) able(forge.block)(1, step.block);
  else if ('ready' in step) await forge.ready(1);
  else if ('close' in step) await forge.close(step.on ?? 1);
  else if ('reopen' in step) await able(forge.reopen)(1);
  else if ('merge' in step) await forge.merge(1);
  else if ('deleteLock' in step) {
    const id = encodeURIComponent(encodeURIComponent(step.deleteLock));
    const reply = await fetch(`${server.url}/locks?id=${id}`, { method: 'DELETE' });
    expect(reply.status, await reply.text()).toBe(200);
  } else await fetch(`${server.url}/apply/lock`, { method: 'POST' });
}

function able<Act>(act: Act | undefined): Act {
  if (!act) throw new Error('this host cannot do that: the conversation has to name those that can');
  return act;
}

async function comment(step: Extract<Step, { comment: string }>, { forge }: World): Promise<void> {
  const pull = step.on ?? 1;
  await forge.comment(pull, step.comment);
  if (!step.until) return;
  const wanted = Object.entries(step.until);
  await waitFor(`the statuses ${JSON.stringify(step.until)}`, async () => {
    const statuses = await forge.statuses(pull);
    return wanted.every(([context, status]) => statuses[context] === status);
  });
}

async function push({ push: files, on = 'change', removed }: Extract<Step, { push: object }>, world: World) {
  const { branches, forge, pulls } = world;
  await branches.commit(on, files, removed);
  const pull = pulls.get(on);
  if (pull !== undefined) await forge.pushed(pull);
}
