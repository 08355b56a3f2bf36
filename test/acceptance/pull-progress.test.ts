import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fakeEngine } from '../support/fake-engine.ts';
import { deliver, openGithubWorld, ownComments, statusesOf } from '../support/github-world.ts';
import { temporaryDir } from '../support/temp.ts';
import { waitFor } from '../support/wait-for.ts';

/** Opens a pull request of so many projects whose plans wait until `goOn` is called. */
async function plansOf(count: number) {
  const gate = join(await temporaryDir(), 'gate');
  const dirs = Array.from({ length: count }, (_none, index) => `p${index}`);
  const script = `[ $command = plan ] && until [ -e '${gate}' ]; do sleep 0.05; done\n`;
  const engine = await fakeEngine();
  const world = await openGithubWorld({
    files: { 'README.md': '' },
    engine: engine.binary,
    flags: { 'parallel-plan': true },
  });
  const server = await world.start();
  const files = dirs.flatMap((dir) => [[`${dir}/main.tf`, ''] as const, [`${dir}/fake.sh`, script] as const]);
  const pull = await world.openPull('change', Object.fromEntries(files));
  await deliver(server, world.github.pullEvent(world.repo, pull, 'opened'));
  const told = () =>
    world.repo.statuses.map(({ context, state }) =>
      `${context.replace(/\/default$/, '')} ${state}`.replace('atlantis/', ''),
    );
  return { pull, dirs, told, world, goOn: () => writeFile(gate, '') };
}

it.each([3, 6])('tells of %i projects that they are being planned, first of all of them together', async (count) => {
  const { pull, dirs, told, world, goOn } = await plansOf(count);
  await waitFor('the statuses', () => told().length > count);
  const pending = dirs.map((dir) => `plan: ${dir} pending`);
  expect([
    told()[0],
    ...told()
      .slice(1, count + 1)
      .toSorted(),
  ]).toEqual(['plan pending', ...pending]);
  await goOn();
  await waitFor('the plans', () => ownComments(world, pull).length === 1 && told().includes('apply pending'));
  const { 'atlantis/plan': plan } = statusesOf(world, pull.headSha);
  expect(plan).toBe(`success: ${count}/${count} projects planned successfully.`);
});
