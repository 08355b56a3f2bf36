/*
 * `npm run check`: everything that finds a mistake in under a minute. Of the tests beside the code those that start no
 * other program, on SQLite alone. Two steps at a time, the longest first.
 */
import { runProgram } from './run-program.ts';
import { slowTests } from './slow-tests.ts';
import { trackedFiles } from './tracked-files.ts';

const left = slowTests(trackedFiles().filter((path) => /^src\/.*\.test\.ts$/.test(path)));

const steps: readonly { readonly name: string; readonly args: readonly string[] }[] = [
  // Modules hold no state, so that many test files can share a process; that saves a third of the time.
  {
    name: 'unit tests',
    args: [
      ...['node_modules/vitest/vitest.mjs', 'run', '--dir', 'src', '--no-isolate', '--reporter=dot'],
      // Vitest reads them from `--dir` on.
      ...left.map((path) => `--exclude=${path.slice('src/'.length)}`),
    ],
  },
  { name: 'types', args: ['node_modules/typescript7/bin/tsc', '-p', 'tsconfig.json'] },
  { name: 'format and lint (biome)', args: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'] },
  { name: 'lint with types (oxlint)', args: ['node_modules/oxlint/bin/oxlint', '--deny-warnings'] },
  { name: 'import table', args: ['--import', 'tsx', 'scripts/check-imports.ts'] },
  { name: 'house rules', args: ['--import', 'tsx', 'scripts/check-house-rules.ts'] },
  { name: 'dead code (knip)', args: ['node_modules/knip/bin/knip.js'] },
];

const withoutTests = process.argv.includes('--lint');
const waiting = steps.filter(({ name }) => !(withoutTests && name === 'unit tests'));
const failed: string[] = [];

async function worker(): Promise<void> {
  for (let step = waiting.shift(); step; step = waiting.shift()) {
    const start = performance.now();
    const { code, output } = await runProgram(step.args, { capture: true, env: { POLDER_TEST_DATABASES: 'sqlite' } });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s)`);
    if (code !== 0) {
      failed.push(step.name);
      console.log(output.replace(/^/gm, '       '));
    }
  }
}

await Promise.all([worker(), worker()]);
if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
