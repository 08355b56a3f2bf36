/** Bounds how many things happen at once; those that wait are served in the order of their coming. */
export type Pool = {
  /** Runs `work` when there is room. */
  run<T>(work: () => Promise<T>): Promise<T>;
};

export function createPool(size: number): Pool {
  const waiting: (() => void)[] = [];
  let free = size;
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
  return {
    run: async (work) => {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
