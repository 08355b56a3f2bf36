/** The mirror misses something or cannot be read: it was cut short by a power failure, or somebody touched it. */
export function looksDamaged(reason: string): boolean {
  const local = reason.replace(/(^|; )remote: [^;]*/g, '');
  return damage.test(local);
}

const damage =
  /not a git repository|not a tree object|bad object|(is|seems to be) corrupt|missing (blob|tree|commit|object)|unable to read|could not read [0-9a-f]{40}|object file \S+ is empty|inflate: |unexpected line in \S*packed-refs|(packfile|index file) \S+ (is|cannot|index|signature|claims|does)|did not receive expected object|unable to resolve reference|does not point to a valid object|bad config/i;
