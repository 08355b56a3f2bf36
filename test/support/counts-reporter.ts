import type { Reporter, TestModule } from 'vitest/node';
import { type Counts, countsLine } from './counts.ts';

/**
 * Counts tests, and says so when all else has been said. A file that cannot be loaded, a suite whose hooks break and an
 * error outside of any test count as one failed test each. Under `scripts/test.ts`, which has the last word, the counts
 * are sent to it instead.
 */
export function countsReporter(): Reporter {
  return {
    onTestRunEnd: (modules, unhandledErrors) => {
      const counts = modules.map(countModule).reduce(add, { passed: 0, failed: unhandledErrors.length, skipped: 0 });
      if (process.send) process.send(counts);
      else process.once('exit', () => process.stdout.write(`${countsLine(counts)}\n`));
    },
  };
}

function countModule(module: TestModule): Counts {
  const states = [...module.children.allTests()].map((test) => test.result().state);
  const count = (state: string) => states.filter((other) => other === state).length;
  const brokenSuites = [module, ...module.children.allSuites()].filter((suite) => suite.errors().length > 0).length;
  // A test without a result was never reached: its run was cut short.
  return {
    passed: count('passed'),
    failed: count('failed') + count('pending') + brokenSuites,
    skipped: count('skipped'),
  };
}

function add(one: Counts, other: Counts): Counts {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}
