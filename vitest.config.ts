import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { countsReporter } from './test/support/counts-reporter.ts';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/fixtures/**', 'dist/**'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/setup.ts'],
    reporters: ['default', countsReporter()],
    // Most tests wait for child processes, so that two fit on one processor.
    maxWorkers: Math.max(2, availableParallelism()),
    // Modules have no state that tests could share, and loading them anew for each file takes a minute in all.
    isolate: false,
    // For a machine that has other things to do: a test that hangs ends at last.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: {
      CHECKPOINT_DISABLE: '1',
      // git as on a machine where nobody has configured anything.
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
    },
    coverage: { include: ['src/**'] },
  },
});
