/** What a job has of the pool. */
export type PoolPlace = {
  /** Runs `work` when there is room; those that wait are served in the order of their coming. */
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Lets the next job come under way. */
  readonly leave: () => void;
};

/**
 * Bounds the jobs that are at work at once. One more may be under way, about to begin: so the next one is ready the
 * moment a place is free, and no place waits for the disk.
 */
export type Pool = {
  /**
   * Brings a job under way; it waits for its `turn` with the work itself, and has left when it is over. When `signal`
   * aborts, the job has nothing to do any more but to end, and waits for no place.
   */
  run<T>(job: (place: PoolPlace) => Promise<T>, signal: AbortSignal): Promise<T>;
};

export function createPool(size: number): Pool {
  const underWay = createPlaces(size + 1);
  const atWork = createPlaces(size);
  return {
    run: (job, signal) => underWay.use((leave) => job({ turn: (work) => atWork.use(work, signal), leave }), signal),
  };
}

function createPlaces(count: number) {
  const waiting = new Set<() => void>();
  let free = count;

  /** Makes what gives a place back, once. */
  const taken = () => {
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const [next] = waiting;
      if (next) next();
      else free += 1;
    };
  };
  /** Gives what gives the place back. */
  const enter = async (signal: AbortSignal): Promise<() => void> => {
    if (signal.aborted) return () => undefined;
    if (free > 0) {
      free -= 1;
      return taken();
    }
    return new Promise((resolve) => {
      const settle = (giveBack: () => void) => {
        waiting.delete(serve);
        signal.removeEventListener('abort', skip);
        resolve(giveBack);
      };
      const serve = () => settle(taken());
      const skip = () => settle(() => undefined);
      waiting.add(serve);
      signal.addEventListener('abort', skip);
    });
  };
  return {
    use: async <T>(work: (giveBack: () => void) => Promise<T>, signal: AbortSignal): Promise<T> => {
      const giveBack = await enter(signal);
      try {
        return await work(giveBack);
      } finally {
        giveBack();
      }
    },
  };
}
