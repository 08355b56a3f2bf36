import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { settledCounts } from './counts.ts';
import { writeFiles } from './git.ts';
import { temporaryDir } from './temp.ts';

const repository = join(import.meta.dirname, '..', '..');
const start = "import { afterAll, expect, it } from 'vitest';\n";

/** Runs vitest with our reporter on these files, as a developer would. */
async function runVitest(files: Record<string, string>): Promise<{ lastLine: string | undefined; code: unknown }> {
  const dir = await temporaryDir();
  await symlink(join(repository, 'node_modules'), join(dir, 'node_modules'));
  const reporter = JSON.stringify(join(import.meta.dirname, 'counts-reporter.ts'));
  const config = `import { countsReporter } from ${reporter};
    export default { test: { reporters: ['default', countsReporter()] } };`;
  await writeFiles(dir, files);
  await writeFile(join(dir, 'vitest.config.ts'), config);
  const vitest = spawn(process.execPath, [join(repository, 'node_modules/vitest/vitest.mjs'), 'run'], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [output, [code]] = await Promise.all([text(vitest.stdout), once(vitest, 'close') as Promise<[number | null]>]);
  return { lastLine: output.trimEnd().split('\n').at(-1), code };
}

describe('countsReporter', () => {
  it.each([
    {
      name: 'counts each kind of ending',
      files: {
        'a.test.ts': `${start}it('one', () => {}); it('two', () => expect(1).toBe(2)); it.skip('three', () => {});`,
      },
      expected: { lastLine: '1 passed, 1 failed, 1 skipped', code: 1 },
    },
    {
      name: 'leaves out the skipped where there are none',
      files: { 'a.test.ts': `${start}it('one', () => {}); it('two', () => {});` },
      expected: { lastLine: '2 passed, 0 failed', code: 0 },
    },
    {
      name: 'counts a file that cannot be loaded as one failed test',
      files: { 'a.test.ts': `${start}it('one', () => {});`, 'b.test.ts': "import './missing.ts';" },
      expected: { lastLine: '1 passed, 1 failed', code: 1 },
    },
    {
      name: 'counts a broken hook as one failed test',
      files: { 'a.test.ts': `${start}afterAll(() => { throw new Error('no') }); it('one', () => {});` },
      expected: { lastLine: '1 passed, 1 failed', code: 1 },
    },
    {
      name: 'counts an error outside of any test as one failed test',
      files: {
        'a.test.ts': `${start}it('one', async () => { void Promise.reject(new Error('lost')); await new Promise(setImmediate); });`,
      },
      expected: { lastLine: '1 passed, 1 failed', code: 1 },
    },
  ])('$name', async ({ files, expected }) => {
    expect(await runVitest(files)).toEqual(expected);
  });
});

describe('settledCounts', () => {
  const good = { passed: 3, failed: 0, skipped: 1 };

  it.each([
    { name: 'leaves a good run alone', counts: good, exitCode: 0, expected: good },
    { name: 'fails a run in which nothing ran', counts: { ...good, passed: 0 }, exitCode: 0, failed: 1 },
    { name: 'fails a run that ended badly after its tests', counts: good, exitCode: 1, failed: 1 },
    { name: 'fails a run that was killed', counts: undefined, exitCode: null, failed: 1 },
    { name: 'does not count twice', counts: { ...good, failed: 2 }, exitCode: 1, failed: 2 },
  ])('$name', ({ counts, exitCode, failed = 0 }) => {
    expect(settledCounts(counts, exitCode).failed).toBe(failed);
  });
});
