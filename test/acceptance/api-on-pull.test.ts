import { describe, expect, it } from 'vitest';
import { apiSecret } from '../support/api-client.ts';
import { fakeEngine } from '../support/fake-engine.ts';
import { deliver, openGithubWorld, statusesOf } from '../support/github-world.ts';
import { waitFor } from '../support/wait-for.ts';

const config = `version: 3
projects:
${['net', 'app'].map((dir) => `- {dir: ${dir}, autoplan: {when_modified: ['*']}}\n`).join('')}`;
const files = {
  ...{ 'atlantis.yaml': config, 'net/main.tf': '', 'net/mark': 'm0', 'app/main.tf': '', 'app/mark': 'm0' },
};

const patient = { timeoutMs: 30_000 };

async function open() {
  const engine = await fakeEngine();
  const world = await openGithubWorld({ files, engine: engine.binary });
  const server = await world.start();
  const pull = await world.openPull('change', { 'net/mark': 'm1', 'app/mark': 'm1' });
  const ask = async (command: 'plan' | 'apply', directory: string, more: object = {}) => {
    const order = { Repository: 'acme/infra', Type: 'Github', Ref: 'change', PR: pull.number, ...more };
    const reply = await fetch(`${server.url}/api/${command}`, {
      method: 'POST',
      headers: { 'x-atlantis-token': apiSecret },
      body: JSON.stringify({ ...order, Paths: [{ Directory: directory }] }),
    });
    expect(reply.status, await reply.text()).toBe(200);
  };
  const statuses = () => statusesOf(world, pull.headSha);
  return { world, server, pull, ask, statuses };
}

describe('a run of the API on a pull request', () => {
  it('sets the statuses of the head, those of its projects and the combined ones', async () => {
    const { ask, statuses } = await open();
    await ask('plan', 'net');
    await waitFor('the statuses', () => Object.keys(statuses()).length === 3, patient);
    expect(statuses()).toEqual({
      'atlantis/plan': 'success: 1/1 projects planned successfully.',
      'atlantis/plan: net/default': 'success: Plan: 1 to add, 0 to change, 0 to destroy.',
      'atlantis/apply': 'pending: 0/1 projects applied.',
    });
    await ask('apply', 'net');
    await waitFor('the apply', () => statuses()['atlantis/apply']?.startsWith('success') === true, patient);
    expect(statuses()['atlantis/apply: net/default']).toBe('success: Apply succeeded.');
  });

  it('counts together with what comments have planned', async () => {
    const { world, server, pull, ask, statuses } = await open();
    await deliver(server, world.github.pullEvent(world.repo, pull, 'opened'));
    await waitFor(
      'the plan',
      () => statuses()['atlantis/plan'] === 'success: 2/2 projects planned successfully.',
      patient,
    );
    await ask('apply', 'net');
    await waitFor('the apply', () => 'atlantis/apply: net/default' in statuses(), patient);
    expect(statuses()).toMatchObject({
      'atlantis/plan': 'success: 2/2 projects planned successfully.',
      'atlantis/apply': 'pending: 1/2 projects applied.',
    });
  });

  it('sets none when it is of another commit', async () => {
    const { world, server, pull, ask, statuses } = await open();
    await ask('plan', 'net', { Ref: 'main' });
    await deliver(server, world.github.pullEvent(world.repo, pull, 'opened'));
    await waitFor(
      'the plan',
      () => statuses()['atlantis/plan'] === 'success: 2/2 projects planned successfully.',
      patient,
    );
    expect(world.repo.statuses.filter(({ sha }) => sha !== pull.headSha)).toEqual([]);
  });
});
