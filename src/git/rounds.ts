/** Work of which at most one round at a time is done for each key, and whose result all who asked for it share. */
export type Rounds = {
  /**
   * Waits for a round of `work` that begins after this call: one that runs already may have missed what the caller
   * wants to see. All callers that come while a round runs share the next one, which is told what each of them wants.
   * When `signal` aborts, the caller stops waiting; a round that nobody waits for any more is aborted.
   */
  join(key: number, work: RoundWork, options?: RoundOptions): Promise<void>;
};

export type RoundWork = (signal: AbortSignal, wants: ReadonlySet<string>) => Promise<void>;

export type RoundOptions = { readonly signal?: AbortSignal; readonly wants?: readonly string[] };

type Round = {
  readonly done: Promise<void>;
  readonly abort: AbortController;
  /** Grows until the round begins. */
  readonly wants: Set<string>;
  waiting: number;
  begun: boolean;
};

export function createRounds(): Rounds {
  const newest = new Map<number, Round>();

  const begin = (key: number, work: RoundWork): Round => {
    const before = newest.get(key);
    const abort = new AbortController();
    const wants = new Set<string>();
    const run = async (): Promise<void> => {
      await before?.done.catch(() => undefined);
      abort.signal.throwIfAborted();
      round.begun = true;
      await work(abort.signal, wants);
    };
    const round: Round = { done: Promise.resolve().then(run), abort, wants, waiting: 0, begun: false };
    newest.set(key, round);
    const forget = (): void => {
      if (newest.get(key) === round) newest.delete(key);
    };
    round.done.then(forget, forget);
    return round;
  };

  return {
    join: async (key, work, { signal, wants = [] } = {}) => {
      signal?.throwIfAborted();
      const latest = newest.get(key);
      const round = latest && !latest.begun && !latest.abort.signal.aborted ? latest : begin(key, work);
      for (const want of wants) round.wants.add(want);
      await waitFor(round, signal);
    },
  };
}

async function waitFor(round: Round, signal: AbortSignal | undefined): Promise<void> {
  let leave = (): void => undefined;
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal?.reason as Error);
  });
  signal?.addEventListener('abort', leave, { once: true });
  round.waiting += 1;
  try {
    await Promise.race([round.done, left]);
  } finally {
    signal?.removeEventListener('abort', leave);
    round.waiting -= 1;
    if (round.waiting === 0) round.abort.abort();
  }
}
