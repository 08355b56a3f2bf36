/*
 * What Polder adds to Terraform for a pull request: 10 and 100 projects from the webhook to the last write, by a server
 * with its usual bounds, against the same `init` and `plan`, run by `xargs -P2` on plain copies. The two take turns in one run, so that what else the
 * machine does falls on both; the figure is the median of the ratios of neighbours.
 *
 * BENCH_PROJECTS (`10,100`) and BENCH_ROUNDS make it smaller.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { addCommit, headOf, makeLargeRepo, setPullRef } from './support/large-repo.ts';
import { folders, mainFile, planPlainly } from './support/plain-terraform.ts';
import { type PolderServer, requireBuild, withPolder } from './support/polder-server.ts';
import { judge, median, row, showLoad } from './support/report.ts';
import { withScratch } from './support/scratch.ts';
import { deliver, type SmallGithub, smallGithub } from './support/small-github.ts';

const sizes = (process.env.BENCH_PROJECTS ?? '10,100').split(',').map(Number);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const atOnce = 2;

requireBuild();
await withScratch(async (dir) => {
  const source = join(dir, 'infra.git');
  const all = folders(Math.max(...sizes));
  const files = (mark: string) => (folder: string, index: number) =>
    [`${folder}/main.tf`, `# ${mark}\n${mainFile(index)}`] as const;
  makeLargeRepo(source, [{ branch: 'main', files: all.map(files('main')) }]);
  const plain = join(dir, 'work');
  execFileSync('git', ['clone', '--quiet', source, plain]);
  const github = await smallGithub(source);
  const flags = {
    ...github.flags,
    'data-dir': join(dir, 'data'),
    'parallel-plan': 'true',
  };
  let number = 0;
  const planPull = async (server: PolderServer, size: number): Promise<number> => {
    number += 1;
    const branch = `change-${number}`;
    addCommit(source, { branch, from: 'main', files: all.slice(0, size).map(files(branch)) });
    const pull = { number, headSha: headOf(source, branch), headBranch: branch };
    setPullRef(source, number, pull.headSha);
    github.pulls.set(number, pull);
    const ms = await untilTold(github, pull.headSha, () => deliver(server.url, github.event(pull, 'opened')));
    await close(github, server, pull);
    return ms;
  };
  try {
    await withPolder(
      flags,
      async (server) => {
        await planPull(server, 2);
        for (const size of sizes) {
          showLoad();
          const ratios: number[] = [];
          for (let round = 1; round <= rounds; round += 1) {
            const bare = await planPlainly({ dir, source: plain, folders: all.slice(0, size), atOnce });
            const whole = await planPull(server, size);
            row(
              `round ${round}`,
              `xargs ${(bare / 1000).toFixed(2)} s, webhook to last write ${(whole / 1000).toFixed(2)} s`,
            );
            ratios.push(whole / bare);
          }
          const label = `${size} projects, pull request / xargs -P${atOnce}`;
          judge({ label, value: median(ratios), limit: 1.3, unit: ' times', digits: 3 });
        }
        showLoad();
      },
      github.env,
    );
  } finally {
    await github.close();
  }
});

/** The combined status of applies is the last that is written of a plan. In milliseconds from the call of `begin`. */
async function untilTold(github: SmallGithub, sha: string, begin: () => Promise<void>): Promise<number> {
  const before = github.writes.length;
  const begun = Date.now();
  await begin();
  for (;;) {
    const told = github.writes
      .slice(before)
      .find(({ text, path }) => path.endsWith(sha) && text.startsWith('atlantis/apply '));
    if (told) return told.at - begun;
    await pause(5);
  }
}

/** Its locks would be in the way of the next. */
async function close(
  github: SmallGithub,
  server: PolderServer,
  pull: Parameters<SmallGithub['event']>[0],
): Promise<void> {
  const before = github.writes.length;
  await deliver(server.url, github.event(pull, 'closed'));
  while (!github.writes.slice(before).some(({ kind }) => kind === 'comment')) await pause(20);
}
