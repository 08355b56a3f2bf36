/** How often a fuzz or crash test repeats: `full` times in `npm run test:full`, a tenth of it elsewhere. */
export function scaled(full: number): number {
  return process.env.POLDER_TEST_FULL === '1' ? full : Math.max(1, Math.ceil(full / 10));
}
