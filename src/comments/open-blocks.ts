/** What is open at a place of a comment, and must be closed before it is cut there. */
export type OpenBlocks = {
  /** The line that opened a section, such as `<details><summary>Show Output</summary>`; null when none is open. */
  readonly details: string | null;
  readonly fence: OpenFence | null;
};

/** `indent` is that of the list item it belongs to. */
export type OpenFence = { readonly indent: string; readonly ticks: string; readonly language: string };

/** What is open at each place of a text. */
export type BlockMap = (offset: number) => OpenBlocks;

/**
 * Reads the blocks of a comment of ours once. Knows what we write: fences, and sections whose `<details>` and
 * `</details>` stand on lines of their own, one deep.
 */
export function mapBlocks(text: string): BlockMap {
  const offsets = [0];
  const states: OpenBlocks[] = [{ details: null, fence: null }];
  let state: OpenBlocks = { details: null, fence: null };
  for (let start = 0; start < text.length; ) {
    const lineEnd = text.indexOf('\n', start);
    const end = lineEnd === -1 ? text.length : lineEnd + 1;
    const next = afterLine(state, text.slice(start, lineEnd === -1 ? end : lineEnd));
    if (next !== state) {
      offsets.push(end);
      states.push(next);
      state = next;
    }
    start = end;
  }
  return (offset) => states[lastAtOrBefore(offsets, offset)] ?? state;
}

function afterLine(state: OpenBlocks, line: string): OpenBlocks {
  if (state.fence) return closesFence(line, state.fence) ? { ...state, fence: null } : state;
  const [, indent = '', ticks, language = ''] = /^( {0,3})(`{3,})([^`]*)$/.exec(line) ?? [];
  if (ticks !== undefined) return { ...state, fence: { indent, ticks, language } };
  if (/^<details><summary>.*<\/summary>$/.test(line)) return { ...state, details: line };
  return state.details !== null && line.endsWith('</details>') ? { ...state, details: null } : state;
}

function closesFence(line: string, { ticks }: OpenFence): boolean {
  const closing = /^ {0,3}(`{3,})\s*$/.exec(line)?.[1];
  return closing !== undefined && closing.length >= ticks.length;
}

/** The index of the last element that is not above `value`, in ascending numbers of which the first is 0. */
function lastAtOrBefore(numbers: readonly number[], value: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((numbers[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
