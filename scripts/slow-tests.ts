import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** With these, a test starts other programs: git for a repository, an engine, a database server. */
const starters = {
  /** Also by way of other files of `test/`. */
  anyhow: ['test/support/git.ts', 'test/support/fake-engine.ts'],
  itself: ['test/support/engine.ts', 'test/support/postgres.ts'],
};

/**
 * Those of the test files, as paths from `root`, that start other programs by way of `test/support/`. They take most of
 * the time of all tests: `npm run check` leaves them to `npm test`.
 */
export function slowTests(tests: readonly string[], root = '.'): string[] {
  const known = new Map<string, readonly string[]>();
  const importsOf = (path: string): readonly string[] => {
    const imports = known.get(path) ?? testImports(path, readFileSync(join(root, path), 'utf8'));
    known.set(path, imports);
    return imports;
  };
  const reaches = (path: string, seen = new Set<string>()): boolean =>
    importsOf(path).some((next) => {
      if (starters.anyhow.includes(next)) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, seen);
    });
  return tests.filter((path) => importsOf(path).some((next) => starters.itself.includes(next)) || reaches(path));
}

/** The files of `test/` that a module imports. */
function testImports(path: string, text: string): string[] {
  return [...text.matchAll(/\bfrom '(\.[^']+)'|\bimport '(\.[^']+)'/g)]
    .map(([, from, bare]) => posix.join(posix.dirname(path), from ?? bare ?? ''))
    .filter((imported) => imported.startsWith('test/'));
}
