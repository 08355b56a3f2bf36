/** The sentence for an apply that the global apply lock refuses. */
export function applyLockedText(lock: { heldBy: string; heldSince: number }): string {
  const since = new Date(lock.heldSince).toISOString();
  return `Applying is locked for all repositories by ${lock.heldBy} since ${since}; it works again once that lock is released.`;
}
