/** Numbers that look random and are the same for the same seed. */
export type Random = {
  /** From 0 up to, but not, `below`. */
  number(below: number): number;
  integer(below: number): number;
  pick<T>(choices: readonly T[]): T;
  /** True in this share of the cases. */
  chance(share: number): boolean;
};

/** https://github.com/cprosche/mulberry32 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (below: number) => Math.floor(next() * below);
  return {
    number: (below) => next() * below,
    integer,
    pick: (choices) => choices[integer(choices.length)] as (typeof choices)[number],
    chance: (share) => next() < share,
  };
}

/** The seed of this test run: another one each time, unless `POLDER_TEST_SEED` repeats an earlier one. */
export function testSeed(): number {
  return Number(process.env.POLDER_TEST_SEED ?? Math.floor(Math.random() * 2 ** 32));
}
