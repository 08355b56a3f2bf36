/*
 * One pattern of a `.dockerignore` file (https://docs.docker.com/build/concepts/context/#syntax): `*` and `?` stay
 * within one part of a path, `**` crosses them, `[a-z]` and `[^a-z]` stand for one character, `\` takes the next one as
 * it is; everything else, braces too, is itself. A pattern that matches a folder matches all that lies below it.
 *
 * All ways to match are followed at once, so that the time is linear in the path whatever the pattern: repositories
 * write these patterns, and somebody may change them in a pull request.
 */

export type PathPattern = {
  /** `path` is relative, and clean. */
  matches(path: string): boolean;
  /** The folder in which everything lies that can match; empty for the root. */
  readonly folder: string;
};

const longestPattern = 1_000;

/** The pattern made ready, or undefined when it is malformed or too long. It has no `..` and no slash at its ends. */
export function compilePathPattern(pattern: string): PathPattern | undefined {
  if (pattern.length > longestPattern) return undefined;
  const folder = literalFolder(pattern);
  if (pattern === '' || pattern === '.') return { folder, matches: () => true };
  const tokens = tokensOf(pattern);
  return tokens && { folder, matches: (path) => run(tokens, path) };
}

type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'set'; readonly has: (char: string) => boolean }
  /** Any number of characters within one part. */
  | { readonly kind: 'star' }
  /** Any number of whole parts: nothing, or what `rest` takes. */
  | { readonly kind: 'parts' }
  /** Goes on to a slash. Follows `parts`. */
  | { readonly kind: 'rest' }
  | { readonly kind: 'all' };

/** The leading parts of a pattern that are no patterns, but for the last part. */
function literalFolder(pattern: string): string {
  const special = /[*?[\\]/.exec(pattern)?.index ?? pattern.length;
  const slash = pattern.lastIndexOf('/', special);
  return slash === -1 ? '' : pattern.slice(0, slash);
}

function tokensOf(pattern: string): Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; ) {
    const char = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    if (pattern.startsWith('**', at)) {
      at += pattern[at + 2] === '/' ? 3 : 2;
      if (at === pattern.length) tokens.push({ kind: 'all' });
      else tokens.push({ kind: 'parts' }, { kind: 'rest' });
    } else if (char === '[') {
      const set = readSet(pattern, at);
      if (!set) return undefined;
      tokens.push({ kind: 'set', has: set.has });
      at = set.end;
    } else if (char === '\\') {
      const literal = pattern.codePointAt(at + 1);
      if (literal === undefined) return undefined;
      tokens.push({ kind: 'char', char: String.fromCodePoint(literal) });
      at += 1 + String.fromCodePoint(literal).length;
    } else {
      tokens.push(char === '*' ? { kind: 'star' } : char === '?' ? { kind: 'one' } : { kind: 'char', char });
      at += char.length;
    }
  }
  return tokens;
}

/** The class that begins at `open`, with the place behind it; undefined when it stays open, is empty or runs backwards. */
function readSet(pattern: string, open: number): { has: (char: string) => boolean; end: number } | undefined {
  const negated = pattern[open + 1] === '^';
  const ranges: [from: string, to: string][] = [];
  let at = open + (negated ? 2 : 1);
  const next = (): string => {
    if (pattern[at] === '\\') at += 1;
    const char = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    at += char.length;
    return char;
  };
  while (at < pattern.length && pattern[at] !== ']') {
    const from = next();
    if (pattern[at] !== '-' || pattern[at + 1] === ']') {
      ranges.push([from, from]);
      continue;
    }
    at += 1;
    const to = next();
    if (to < from) return undefined;
    ranges.push([from, to]);
  }
  if (at >= pattern.length || ranges.length === 0) return undefined;
  const has = (char: string) => char !== '/' && ranges.some(([from, to]) => from <= char && char <= to) !== negated;
  return { has, end: at + 1 };
}

/** Follows every way through the tokens at once. `places` are those to go on from; the last one is the end. */
function run(tokens: readonly Token[], path: string): boolean {
  let places = new Set<number>();
  enter(tokens, places, 0);
  for (const char of path) {
    // The pattern has matched a folder above.
    if (char === '/' && places.has(tokens.length)) return true;
    const after = new Set<number>();
    for (const place of places) step(tokens, after, { place, char });
    if (after.size === 0) return false;
    places = after;
  }
  return places.has(tokens.length);
}

function step(tokens: readonly Token[], after: Set<number>, { place, char }: { place: number; char: string }): void {
  const token = tokens[place];
  switch (token?.kind) {
    case 'char':
      if (token.char === char) enter(tokens, after, place + 1);
      return;
    case 'one':
      if (char !== '/') enter(tokens, after, place + 1);
      return;
    case 'set':
      if (token.has(char)) enter(tokens, after, place + 1);
      return;
    case 'star':
      if (char !== '/') enter(tokens, after, place);
      return;
    case 'rest':
      after.add(place);
      if (char === '/') enter(tokens, after, place + 1);
      return;
    case 'all':
      enter(tokens, after, place);
      return;
    default:
  }
}

/** Adds a place, and those that can be reached from it without a character. */
function enter(tokens: readonly Token[], places: Set<number>, place: number): void {
  if (places.has(place)) return;
  places.add(place);
  const kind = tokens[place]?.kind;
  if (kind === 'star' || kind === 'all') enter(tokens, places, place + 1);
  if (kind === 'parts') {
    places.add(place + 1);
    enter(tokens, places, place + 2);
  }
}
