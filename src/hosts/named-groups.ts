/** The groups that pairs of `group/path:command` name, each once. `*` is any group, and names none. */
export function namedGroups(pairs: string): readonly string[] {
  const names = pairs
    .split(',')
    .map((pair) => pair.slice(0, Math.max(pair.lastIndexOf(':'), 0)).trim())
    .filter((name) => name !== '' && name !== '*');
  return [...new Set(names)];
}
