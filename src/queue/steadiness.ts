/** Whether others can have been heard of lately. */
export type Steadiness = {
  /** Leases that ended before this time are over; 0 while none of them is known to be. Milliseconds since the epoch. */
  overBefore(): number;
  /** The database has answered. */
  answered(): void;
};

/**
 * A lease that ran out while the database was away says nothing of who has it: nobody could renew. So nothing is taken
 * from others before the database has answered for as long as a lease holds, nor right after a jump of the clock. It is
 * asked often enough that a pause of more than `pauseMs` is none of ours.
 */
export function createSteadiness(
  now: () => number,
  { leaseMs, pauseMs }: { readonly leaseMs: number; readonly pauseMs: number },
): Steadiness {
  let since = now();
  let last = since;
  const look = (): number => {
    const time = now();
    if (time < last || time - last > pauseMs) since = time;
    return time;
  };
  return {
    overBefore: () => {
      const time = look();
      return time - since >= leaseMs ? time : 0;
    },
    answered: () => {
      last = look();
    },
  };
}
