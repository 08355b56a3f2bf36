import { expect } from 'vitest';
import { apiClient, apiSecret } from '../api-client.ts';
import type { TestServer } from '../server.ts';
import { waitFor } from '../wait-for.ts';
import type { Branches } from './branches.ts';
import type { Step } from './conversation.ts';
import type { ForgeRepo } from './forge.ts';

/** Where a conversation is held. */
export type Place = {
  readonly fullName: string;
  readonly repo: ForgeRepo;
  readonly server: TestServer;
  readonly branches: Branches;
  /** By branch. */
  readonly pulls: Map<string, number>;
  /** Those whose merge has been told. */
  readonly merged: Set<number>;
};

/** Does what the step says. What comes of it is not waited for. */
export async function take(step: Step, place: Place): Promise<void> {
  const { repo, server, pulls } = place;
  if ('open' in step) pulls.set(step.open, await repo.open(step.open, step));
  else if ('comment' in step) await comment(step, place);
  else if ('push' in step) await push(step, place);
  else if ('approve' in step) await repo.approve(1);
  else if ('block' in step) able(repo.block)(1, step.block);
  else if ('ready' in step) await repo.ready(1);
  else if ('close' in step) await repo.close(step.on ?? 1);
  else if ('reopen' in step) await able(repo.reopen)(1);
  else if ('merge' in step) await repo.merge(1);
  else if ('api' in step) await askApi(step, place);
  else if ('deleteLock' in step) {
    const id = encodeURIComponent(encodeURIComponent(`${place.fullName}/${step.deleteLock}`));
    const reply = await fetch(`${server.url}/locks?id=${id}`, { method: 'DELETE' });
    expect(reply.status, await reply.text()).toBe(200);
  } else await fetch(`${server.url}/apply/lock`, { method: 'POST' });
}

async function askApi(
  { api, branch, folder }: Extract<Step, { api: string }>,
  { server, fullName }: Place,
): Promise<void> {
  const body = { Repository: fullName, Ref: branch, Type: 'Local', PR: 1, Paths: [{ Directory: folder }] };
  const headers = { 'x-atlantis-token': apiSecret };
  await fetch(`${server.url}/api/${api}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

function able<Act>(act: Act | undefined): Act {
  if (!act) throw new Error('this host cannot do that: the conversation has to name those that can');
  return act;
}

async function comment(step: Extract<Step, { comment: string }>, { repo, server }: Place): Promise<void> {
  const pull = step.on ?? 1;
  const { until, logged } = step;
  await repo.comment(pull, step.comment);
  if (until) {
    const wanted = Object.entries(until);
    await waitFor(`the statuses ${JSON.stringify(until)}`, async () => {
      const statuses = await repo.statuses(pull);
      return wanted.every(([context, status]) => statuses[context] === status);
    });
  }
  if (logged !== undefined) await waitFor(`"${logged}" in the log`, () => hasLogged(server, logged));
}

async function hasLogged(server: TestServer, words: string): Promise<boolean> {
  const client = apiClient(server.url);
  const [newest] = await client.runs();
  const jobs = newest ? (await client.run(newest.id)).jobs : [];
  const logs = await Promise.all(jobs.map(({ id }) => client.log(id)));
  return logs.some((log) => log.includes(words));
}

async function push({ push: files, on = 'change', removed }: Extract<Step, { push: object }>, place: Place) {
  const { branches, repo, pulls } = place;
  await branches.commit(on, files, removed);
  const pull = pulls.get(on);
  if (pull !== undefined) await repo.pushed(pull);
}
