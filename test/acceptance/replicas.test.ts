import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeEngine } from '../support/fake-engine.ts';
import { portFinder } from '../support/free-port.ts';
import { comment, deliver, openGithubWorld, ownComments, statusesOf, underWay } from '../support/github-world.ts';
import { temporaryDir } from '../support/temp.ts';
import { waitFor } from '../support/wait-for.ts';

const config = `version: 3
projects:
- {dir: net, autoplan: {when_modified: ['*']}}
`;
const files = { 'atlantis.yaml': config, 'net/main.tf': '', 'net/mark': 'm0' };

const nextPort = portFinder();

describe('two servers on one database', () => {
  it.each(['branch', 'merge'])('apply what the other one planned (%s)', async (strategy) => {
    const engine = await fakeEngine();
    const flags = { 'checkout-strategy': strategy };
    const world = await openGithubWorld({ files, engine: engine.binary, flags, onPostgres: true });
    const planning = await world.start();
    const pull = await world.openPull('change', { 'net/mark': 'm1' });
    await deliver(planning, world.github.pullEvent(world.repo, pull, 'opened'));
    await waitFor('the plan', () => ownComments(world, pull).length === 1);
    await planning.stop();
    const applying = await world.start({ flags: { 'data-dir': await temporaryDir() } });
    await comment(world, applying, { pull, body: 'atlantis apply' });
    await waitFor('the apply', () => ownComments(world, pull).length === 2);
    expect(ownComments(world, pull)[1]).toContain('Apply complete!');
    expect(await engine.marks()).toEqual(['m1@default']);
    await waitFor('no status to be pending', () => underWay(world).length === 0);
  });

  /** One server plans, the other one has come meanwhile. */
  async function whilePlanning(seconds: number) {
    const engine = await fakeEngine();
    const world = await openGithubWorld({ files, engine: engine.binary, onPostgres: true });
    const planning = await world.start();
    const script = `[ $command = plan ] && { note at-plan; sleep ${seconds}; }\n`;
    const pull = await world.openPull('change', { 'net/mark': 'm1', 'net/fake.sh': script });
    await deliver(planning, world.github.pullEvent(world.repo, pull, 'opened'));
    await waitFor('the plan', () => engine.hasNoted('at-plan'));
    const flags = { 'data-dir': await temporaryDir(), port: await nextPort() };
    return { world, pull, planning, other: await world.start({ flags }) };
  }

  it('stop what the other one runs when they are told to cancel', async () => {
    const { world, pull, other } = await whilePlanning(60);
    await comment(world, other, { pull, body: 'atlantis cancel' });
    await waitFor('both answers', () => ownComments(world, pull).length === 2);
    expect(ownComments(world, pull).join()).toContain('**Plan Cancelled**: cancelled by ada.');
    await waitFor('no status to be pending', () => underWay(world).length === 0);
  });

  it('go on with what the other one left when it died', async () => {
    const { world, pull, planning, other } = await whilePlanning(2);
    await planning.stop('SIGKILL');
    await waitFor('the plan', () => ownComments(world, pull).length === 1, { timeoutMs: 60_000 });
    await waitFor('no status to be pending', () => underWay(world).length === 0);
    await comment(world, other, { pull, body: 'atlantis unlock' });
    await waitFor('the answer', () => ownComments(world, pull).length > 1);
    expect(ownComments(world, pull).map((body) => body.split(':', 1)[0])).toEqual([
      'Ran Plan for dir',
      'All Atlantis locks for this PR have been unlocked and plans discarded',
    ]);
  });

  it('tell what became of an apply in which the other one was killed, and keep its state', async () => {
    const engine = await fakeEngine();
    const world = await openGithubWorld({ files, engine: engine.binary, onPostgres: true });
    const killed = await world.start();
    const gate = join(await temporaryDir(), 'gate');
    const script = `[ $command = apply ] && { note at-apply; until [ -e '${gate}' ]; do sleep 0.1; done; }\n`;
    const pull = await world.openPull('change', { 'net/mark': 'm1', 'net/fake.sh': script });
    await deliver(killed, world.github.pullEvent(world.repo, pull, 'opened'));
    await waitFor('the plan', () => ownComments(world, pull).length === 1);
    await comment(world, killed, { pull, body: 'atlantis apply' });
    await waitFor('the apply', () => engine.hasNoted('at-apply'));
    // Not before: either could have taken the apply.
    const other = await world.start({ flags: { 'data-dir': await temporaryDir(), port: await nextPort() } });
    await killed.stop('SIGKILL');
    await writeFile(gate, '');
    await waitFor('the answer', () => ownComments(world, pull).length === 2, { timeoutMs: 60_000 });
    expect(ownComments(world, pull)[1]).toContain('The last it said: Apply complete!');
    await waitFor('no status to be pending', () => underWay(world).length === 0);
    expect(statusesOf(world, pull.headSha)['atlantis/apply: net/default']).toBe('failure: Apply interrupted.');
    expect(await engine.marks()).toEqual(['m1@default']);
    await comment(world, other, { pull, body: 'atlantis unlock' });
    await comment(world, other, { pull, body: 'atlantis plan' });
    await waitFor('the plan', () => ownComments(world, pull).length === 4);
    expect(ownComments(world, pull)[3]).toContain('No changes');
  });
});
