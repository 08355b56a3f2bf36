/*
 * `npm test` and `npm run test:full`: builds, runs the tests, looks for processes that were left, and ends with the
 * line `N passed, N failed`. Arguments other than --full go to vitest.
 */
import { randomUUID } from 'node:crypto';
import { type Counts, countsLine, settledCounts } from '../test/support/counts.ts';
import { processesOf } from './processes-of.ts';
import { runProgram } from './run-program.ts';

const args = process.argv.slice(2);
const full = args.includes('--full');
const runId = randomUUID();

const build = await runProgram(['node_modules/typescript7/bin/tsc', '-p', 'tsconfig.build.json']);
const { exitCode, counts } = build.code === 0 ? await runTests() : { exitCode: build.code, counts: undefined };
const left = await processesOf(`TEST_RUN_ID=${runId}`);
for (const line of left) console.error(`left running by the tests: ${line}`);

const settled = settledCounts(counts, exitCode);
const total = { ...settled, failed: settled.failed + left.length };
process.exitCode = total.failed > 0 ? 1 : 0;
console.log(countsLine(total));

async function runTests(): Promise<{ exitCode: number; counts: Counts | undefined }> {
  let counts: Counts | undefined;
  const { code } = await runProgram(
    ['node_modules/vitest/vitest.mjs', 'run', ...args.filter((argument) => argument !== '--full')],
    {
      env: { TEST_RUN_ID: runId, ...(full ? { POLDER_TEST_FULL: '1' } : {}) },
      onMessage: (message) => {
        counts = message as Counts;
      },
    },
  );
  return { exitCode: code, counts };
}
