/** How the tests of a run ended. */
export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** The line that ends every test run; scripts read it. */
export function countsLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** A run that ended badly, or in which nothing ran, has failed even when no test says so. */
export function settledCounts(counts: Counts | undefined, exitCode: number | null): Counts {
  const known = counts ?? { passed: 0, failed: 0, skipped: 0 };
  const bad = exitCode !== 0 || known.passed + known.failed === 0;
  return bad && known.failed === 0 ? { ...known, failed: 1 } : known;
}
