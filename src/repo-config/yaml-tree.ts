/*
 * YAML with the place of every value. Scalars stay text: `1.10` is a version here and not a number, and what a key
 * wants decides how its text is read. Aliases share one node, so a file is never larger in memory than on disk.
 */

/** Where a value stands: keys of mappings and indexes of lists, from the root. */
export type YamlPath = readonly (string | number)[];

type Place = {
  /** Offset in the text. */
  readonly at: number;
  /** Values in it and below, counting an aliased one each time. */
  readonly size: number;
  readonly depth: number;
};
export type YamlNode = Place &
  (
    | { readonly kind: 'scalar'; readonly text: string; readonly isNull: boolean }
    | { readonly kind: 'list'; readonly items: readonly YamlNode[] }
    | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, YamlEntry> }
  );
export type YamlEntry = { readonly keyAt: number; readonly value: YamlNode };

/** The value as plain data: text, null, arrays and objects. */
export function plainValue(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.isNull ? null : node.text;
  if (node.kind === 'list') return node.items.map(plainValue);
  return Object.fromEntries(Array.from(node.entries, ([key, entry]) => [key, plainValue(entry.value)]));
}

/** The offset of the value at `path`, of its key in a mapping, or of the nearest thing around it. */
export function placeOf(root: YamlNode, path: YamlPath): number {
  let node = root;
  let at = root.at;
  for (const part of path) {
    if (node.kind === 'list' && typeof part === 'number') {
      const item = node.items[part];
      if (!item) return at;
      node = item;
      at = item.at;
    } else if (node.kind === 'map') {
      const entry = node.entries.get(String(part));
      if (!entry) return at;
      node = entry.value;
      at = entry.keyAt;
    }
  }
  return at;
}

/** Turns offsets into line numbers, counted from 1. */
export function lineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
