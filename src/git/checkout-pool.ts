/** How many unused worktrees are kept. */
export type SpareLimits = {
  readonly sparesPerRepo: number;
  /** In all. */
  readonly spares: number;
};

/**
 * How a checkout was when we handed it out: kept in memory, where nothing that runs in the checkout can change it.
 */
export type Fingerprint = {
  /** Digest of the index, which knows how each file looked on disk. */
  readonly indexDigest: string;
  /** Device, inode and mode of the working tree's folder. */
  readonly device: number;
  readonly inode: number;
  readonly mode: number;
};

/** A worktree that is as good as new, and waits for the next run. */
export type Spare = { readonly repoId: number; readonly folder: string };

/** What is known about worktrees; all of it may be lost, and then they are made anew. */
export type CheckoutPool = {
  remember(folder: string, fingerprint: Fingerprint): void;
  /** The fingerprint of a checkout whose run is over. A second time there is none. */
  recall(folder: string): Fingerprint | undefined;
  /** A spare of the repo, which from now on is the caller's. */
  take(repoId: number): Spare | undefined;
  /** Whether another spare of the repo would be kept. */
  hasRoom(repoId: number): boolean;
  /** Adds a spare, and gives back those that have to go for it: the oldest ones. */
  put(spare: Spare): Spare[];
  forgetSpares(): void;
};

export function createCheckoutPool(limits: SpareLimits): CheckoutPool {
  const fingerprints = new Map<string, Fingerprint>();
  /** Oldest first. */
  let spares: Spare[] = [];

  return {
    remember: (folder, fingerprint) => {
      fingerprints.set(folder, fingerprint);
    },
    recall: (folder) => {
      const fingerprint = fingerprints.get(folder);
      fingerprints.delete(folder);
      return fingerprint;
    },
    take: (repoId) => {
      const newest = spares.findLast((spare) => spare.repoId === repoId);
      spares = spares.filter((spare) => spare !== newest);
      return newest;
    },
    hasRoom: (repoId) =>
      limits.spares > 0 && spares.filter((spare) => spare.repoId === repoId).length < limits.sparesPerRepo,
    put: (spare) => {
      const all = [...spares, spare];
      const ofRepo = all.filter(({ repoId }) => repoId === spare.repoId);
      const tooMany = new Set([...oldest(ofRepo, limits.sparesPerRepo), ...oldest(all, limits.spares)]);
      spares = all.filter((one) => !tooMany.has(one));
      return [...tooMany];
    },
    forgetSpares: () => {
      spares = [];
    },
  };
}

/** Those of a list, oldest first, that go so that `kept` are left. */
function oldest(list: readonly Spare[], kept: number): readonly Spare[] {
  return list.slice(0, Math.max(0, list.length - kept));
}
