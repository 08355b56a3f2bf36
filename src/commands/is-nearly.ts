const mostEdits = 2;

/**
 * True when one or two letters have to be inserted, left out or replaced to make one word of the other: their distance
 * as https://en.wikipedia.org/wiki/Levenshtein_distance counts it. Costs nothing for words of other lengths.
 */
export function isNearly(word: string, wanted: string): boolean {
  if (Math.abs(word.length - wanted.length) > mostEdits) return false;
  const distance = editDistance(word, wanted);
  return distance > 0 && distance <= mostEdits;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i += 1) {
    const above = row;
    row = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const replaced = (above[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      row.push(Math.min(replaced, (above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
  }
  return row[b.length] ?? 0;
}
