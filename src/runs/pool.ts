/** What a job has of the pool. */
export type PoolPlace = {
  /** Runs `work` when there is room; those that wait are served in turn. */
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Lets the next job come under way. */
  readonly leave: () => void;
};

/** `of`: what a job belongs to, such as the id of its run. */
export type PoolWish = { readonly of: number; readonly signal: AbortSignal };

/**
 * Bounds the jobs that are at work at once. One more may be under way, about to begin: so the next one is ready the
 * moment a place is free, and no place waits for the disk. Runs take turns, so that one of a thousand jobs keeps nobody
 * waiting until all of them are done.
 */
export type Pool = {
  /**
   * Brings a job under way; it waits for its `turn` with the work itself, and has left when it is over. When `signal`
   * aborts, the job has nothing to do any more but to end, and waits for no place.
   */
  run<T>(job: (place: PoolPlace) => Promise<T>, wish: PoolWish): Promise<T>;
};

export function createPool(size: number): Pool {
  const underWay = createPlaces(size + 1);
  const atWork = createPlaces(size);
  return {
    run: (job, wish) => underWay.use((leave) => job({ turn: (work) => atWork.use(work, wish), leave }), wish),
  };
}

function createPlaces(count: number) {
  const waiting = createTurns();
  let free = count;

  /** Makes what gives a place back, once. */
  const taken = () => {
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const next = waiting.next();
      if (next) next();
      else free += 1;
    };
  };
  /** Gives what gives the place back. */
  const enter = async ({ of, signal }: PoolWish): Promise<() => void> => {
    if (signal.aborted) return () => undefined;
    if (free > 0) {
      free -= 1;
      return taken();
    }
    return new Promise((resolve) => {
      const settle = (giveBack: () => void) => {
        waiting.delete(of, serve);
        signal.removeEventListener('abort', skip);
        resolve(giveBack);
      };
      const serve = () => settle(taken());
      const skip = () => settle(() => undefined);
      waiting.add(of, serve);
      signal.addEventListener('abort', skip);
    });
  };
  return {
    use: async <T>(work: (giveBack: () => void) => Promise<T>, wish: PoolWish): Promise<T> => {
      const giveBack = await enter(wish);
      try {
        return await work(giveBack);
      } finally {
        giveBack();
      }
    },
  };
}

/** Those that wait: of one owner in the order of their coming, and the owners in turn. */
function createTurns() {
  const owners = new Map<number, Set<() => void>>();
  return {
    add: (of: number, serve: () => void): void => {
      owners.set(of, (owners.get(of) ?? new Set()).add(serve));
    },
    delete: (of: number, serve: () => void): void => {
      const own = owners.get(of);
      own?.delete(serve);
      if (own?.size === 0) owners.delete(of);
    },
    /** Its owner has its next turn after all others. */
    next: (): (() => void) | undefined => {
      const [first] = owners;
      if (!first) return undefined;
      const [of, own] = first;
      owners.delete(of);
      owners.set(of, own);
      const [serve] = own;
      return serve;
    },
  };
}
