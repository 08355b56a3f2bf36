import { type CST, Parser } from 'yaml';

/**
 * The text with every collection in brackets on one line: line breaks and comments between the values become blanks, so
 * that whatever is left stands where it stood.
 *
 * YAML 1.2 wants the bracket at the end indented further than what the collection belongs to
 * (https://yaml.org/spec/1.2.2/, 7.4); people put it below the key, and Go's reader takes it there.
 */
export function joinFlowLines(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  for (const { offset, source } of gapsInBrackets(text)) {
    parts.push(text.slice(copied, offset), ' '.repeat(source.length));
    copied = offset + source.length;
  }
  return parts.join('') + text.slice(copied);
}

type Place = { readonly token: CST.Token; readonly isInBrackets: boolean };

/** The line breaks and comments within brackets, in their order. */
function gapsInBrackets(text: string): CST.SourceToken[] {
  const gaps: CST.SourceToken[] = [];
  const left: Place[] = Array.from(new Parser().parse(text), (token) => ({ token, isInBrackets: false }));
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    const { token } = place;
    const isInBrackets = place.isInBrackets || token.type === 'flow-collection';
    for (const child of childrenOf(token)) left.push({ token: child, isInBrackets });
    if (isInBrackets) gaps.push(...separatorsOf(token, place.isInBrackets).filter(isGap));
  }
  return gaps.sort((one, other) => one.offset - other.offset);
}

function childrenOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter((child) => child != null));
}

/** What stands between the values of a token, and what follows it, if that is in brackets as well. */
function separatorsOf(token: CST.Token, isInBrackets: boolean): CST.SourceToken[] {
  const between = 'items' in token ? token.items.flatMap(({ start, sep }) => [...start, ...(sep ?? [])]) : [];
  const end = ('end' in token && token.end) || [];
  const closing = end.findIndex(({ type }) => type === 'flow-map-end' || type === 'flow-seq-end');
  return [...between, ...(isInBrackets ? end : end.slice(0, Math.max(closing, 0)))];
}

function isGap({ type }: CST.SourceToken): boolean {
  return type === 'newline' || type === 'comment';
}
