import { describe, expect, it } from 'vitest';
import { fakeEngine } from '../support/fake-engine.ts';
import { comment, deliver, openGithubWorld, ownComments, underWay } from '../support/github-world.ts';
import { temporaryDir } from '../support/temp.ts';
import { waitFor } from '../support/wait-for.ts';

const config = `version: 3
projects:
- {dir: net, autoplan: {when_modified: ['*']}}
`;
const files = { 'atlantis.yaml': config, 'net/main.tf': '', 'net/mark': 'm0' };

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
});
