/** Paths, so that those below a folder can be found without looking at all of them. */
export type PathIndex = {
  /** Sorted. The root is the empty text. */
  below(folder: string): readonly string[];
};

export function createPathIndex(paths: Iterable<string>): PathIndex {
  const sorted = [...new Set(paths)].toSorted();
  return {
    // All that begins with `a/` stands between `a/` and `a0`: `0` is the character after the slash.
    below: (folder) =>
      folder === '' ? sorted : sorted.slice(firstFrom(sorted, `${folder}/`), firstFrom(sorted, `${folder}0`)),
  };
}

/** The place of the first path that is not before `text`. */
function firstFrom(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
