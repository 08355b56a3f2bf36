/*
 * A repository of 20,000 files that the server knows already: from the webhook of another pull request to the comment
 * with its first plan, and the same after a further push. The engine does nothing.
 *
 * BENCH_FILES makes it smaller.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { addCommit, headOf, makeLargeRepo, setPullRef } from './support/large-repo.ts';
import { type PolderServer, requireBuild, withPolder } from './support/polder-server.ts';
import { judge, median, row, showLoad } from './support/report.ts';
import { withScratch } from './support/scratch.ts';
import { sleepingEngine } from './support/sleeping-engine.ts';
import { type Delivery, deliver, type SmallGithub, smallGithub } from './support/small-github.ts';

const files = Number(process.env.BENCH_FILES ?? 20_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);

requireBuild();
await withScratch(async (dir) => {
  const source = join(dir, 'infra.git');
  const paths = Array.from(
    { length: files },
    (_, index) => `part-${index % 100}/folder-${index % 1000}/file-${index}.txt`,
  );
  makeLargeRepo(source, [
    {
      branch: 'main',
      files: [...paths.map((path) => [path, `${path}\n`.repeat(20)] as const), ['net/main.tf', '# 0\n']],
    },
  ]);
  const github = await smallGithub(source);
  const flags = { ...github.flags, 'data-dir': join(dir, 'data'), 'terraform-binary': await sleepingEngine(dir, 0) };
  const commented = (server: PolderServer, delivery: Delivery) => untilCommented(github, server, delivery);
  const pushTo = (number: number, from: string, text: string) => {
    const branch = `change-${number}`;
    addCommit(source, { branch, from, files: [['net/main.tf', text]] });
    const pull = { number, headSha: headOf(source, branch), headBranch: branch };
    setPullRef(source, number, pull.headSha);
    github.pulls.set(number, pull);
    return pull;
  };
  try {
    await withPolder(
      flags,
      async (server) => {
        showLoad();
        const [first, further]: number[][] = [[], []];
        for (let number = 1; number <= rounds + 1; number += 1) {
          const pull = pushTo(number, 'main', `# first of ${number}\n`);
          const ms = await commented(server, github.event(pull, 'opened'));
          if (number === 1) row('the first pull request of all', `${ms} ms`);
          else first?.push(ms);
          const pushed = pushTo(number, `change-${number}`, `# second of ${number}\n`);
          further?.push(await commented(server, github.event(pushed, 'synchronize')));
          await commented(server, github.event(pushed, 'closed'));
        }
        showLoad();
        row('each', `${first?.join(', ')} ms; after a push ${further?.join(', ')} ms`);
        judge({ label: 'first plan of another pull request', value: median(first ?? []), limit: 1_500, unit: ' ms' });
        judge({ label: 'plan of a further push', value: median(further ?? []), limit: 600, unit: ' ms' });
      },
      github.env,
    );
  } finally {
    await github.close();
  }
});

/** In milliseconds from the webhook to the comment. */
async function untilCommented(github: SmallGithub, server: PolderServer, delivery: Delivery): Promise<number> {
  const before = github.writes.length;
  const begun = Date.now();
  await deliver(server.url, delivery);
  for (;;) {
    const told = github.writes.slice(before).find(({ kind }) => kind === 'comment');
    if (told) {
      // Until the statuses are written, too.
      await pause(500);
      return told.at - begun;
    }
    await pause(2);
  }
}
