/** Runs `work` when there is room; those that wait are served in the order of their coming. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Bounds the jobs that are at work at once. One more may be under way, about to begin or being written down: so the
 * next one is ready the moment a place is free, and no place waits for the disk.
 */
export type Pool = {
  /** Brings a job under way; it waits for its `turn` with the work itself. */
  run<T>(job: (turn: Turn) => Promise<T>): Promise<T>;
};

export function createPool(size: number): Pool {
  const underWay = createTurn(size + 1);
  const atWork = createTurn(size);
  return { run: (job) => underWay(() => job(atWork)) };
}

function createTurn(places: number): Turn {
  const waiting: (() => void)[] = [];
  let free = places;
  const enter = (): Promise<void> | undefined => {
    if (free > 0) {
      free -= 1;
      return undefined;
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
