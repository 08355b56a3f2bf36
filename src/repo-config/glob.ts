import { RE2JS, RE2JSException } from 're2js';

/*
 * Patterns for folders, as https://github.com/bmatcuk/doublestar has them: `*` and `?` stay within one part of a path,
 * `**` as a whole part stands for any number of parts, `[a-z]` and `[^a-z]` for one character, `{a,b}` for either.
 * Matching takes time linear in the path: repositories and callers write these patterns, and a backtracking matcher
 * needs two minutes for `*a*a*a*a*a*a*a*a*b` against sixty times `a`.
 */

export type Glob = {
  readonly pattern: string;
  matches(path: string): boolean;
};

const maxPatternLength = 1_000;
const maxAlternatives = 100;

/** True when the text is a pattern rather than the name of one folder. */
export function isGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

/** The pattern made ready, or undefined when it is malformed or too long. */
export function compileGlob(pattern: string): Glob | undefined {
  if (pattern.length > maxPatternLength) return undefined;
  const alternatives = expandBraces(pattern);
  const expressions = alternatives?.map(toExpression);
  if (!expressions || expressions.includes(undefined)) return undefined;
  try {
    const regex = RE2JS.compile(expressions.join('|'), RE2JS.DOTALL);
    // Every match begins with what stands before the first special character (`a/**` matches `a` too): a cheap test,
    // which spares most of 10,000 folders the expression.
    const prefix = /^[^*?[{\\]*/.exec(pattern)?.[0].replace(/\/$/, '') ?? '';
    return { pattern, matches: (path) => path.startsWith(prefix) && regex.matches(path) };
  } catch (error) {
    if (error instanceof RE2JSException) return undefined;
    throw error;
  }
}

/** `a{b,c{d,e}}` as `ab`, `acd`, `ace`; undefined when a brace stays open or there are too many. */
function expandBraces(pattern: string): string[] | undefined {
  const open = firstBrace(pattern);
  if (open === -1) return [pattern];
  const parts = bracedParts(pattern, open);
  if (!parts) return undefined;
  const all: string[] = [];
  for (const part of parts.choices) {
    const expanded = expandBraces(pattern.slice(0, open) + part + parts.rest);
    if (!expanded || all.length + expanded.length > maxAlternatives) return undefined;
    all.push(...expanded);
  }
  return all;
}

function firstBrace(pattern: string): number {
  for (let i = 0; i < pattern.length; i += 1) {
    if (pattern[i] === '\\') i += 1;
    else if (pattern[i] === '{') return i;
    else if (pattern[i] === '[') i = readClass(pattern, i)?.end ?? pattern.length;
  }
  return -1;
}

function bracedParts(pattern: string, open: number): { choices: string[]; rest: string } | undefined {
  const choices: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let i = open + 1; i < pattern.length; i += 1) {
    const char = pattern[i];
    if (char === '\\') i += 1;
    else if (char === '{') depth += 1;
    else if (char === '}' && depth > 0) depth -= 1;
    else if ((char === ',' || char === '}') && depth === 0) {
      choices.push(pattern.slice(start, i));
      start = i + 1;
      if (char === '}') return { choices, rest: pattern.slice(start) };
    }
  }
  return undefined;
}

/** One pattern without braces as a regular expression; undefined when it is malformed. */
function toExpression(pattern: string): string | undefined {
  let out = '';
  let at = 0;
  while (at < pattern.length) {
    const char = pattern.charAt(at);
    if (char === '*') {
      const star = readStars(pattern, at);
      out = star.optionalSlash ? out.replace(/\/$/, '') + star.expression : out + star.expression;
      at = star.end;
    } else if (char === '?') {
      out += '[^/]';
      at += 1;
    } else if (char === '[') {
      const set = readClass(pattern, at);
      if (!set) return undefined;
      out += set.expression;
      at = set.end + 1;
    } else {
      const literal = char === '\\' ? pattern.charAt(at + 1) : char;
      if (literal === '') return undefined;
      out += RE2JS.quote(literal);
      at += char === '\\' ? 2 : 1;
    }
  }
  return `(?:${out})`;
}

type Stars = {
  readonly expression: string;
  readonly end: number;
  /** Takes the slash in front with it. */
  readonly optionalSlash: boolean;
};

function readStars(pattern: string, at: number): Stars {
  let end = at;
  while (pattern[end] === '*') end += 1;
  const isWholePart = (at === 0 || pattern[at - 1] === '/') && (end === pattern.length || pattern[end] === '/');
  // A part of a path is never empty, so that `*` does not match the root, which is the empty path here.
  if (!isWholePart) return { expression: '[^/]*', end, optionalSlash: false };
  if (end - at === 1) return { expression: '[^/]+', end, optionalSlash: false };
  if (end < pattern.length) return { expression: '(?:.*/)?', end: end + 1, optionalSlash: false };
  return at === 0
    ? { expression: '.*', end, optionalSlash: false }
    : { expression: '(?:/.*)?', end, optionalSlash: true };
}

/** The class that begins at `open`, with the place of its bracket; undefined when it stays open or is empty. */
function readClass(pattern: string, open: number): { expression: string; end: number } | undefined {
  const negated = pattern[open + 1] === '^' || pattern[open + 1] === '!';
  const first = open + (negated ? 2 : 1);
  let items = '';
  for (let i = first; i < pattern.length; i += 1) {
    const char = pattern.charAt(i);
    if (char === ']') return i === first ? undefined : { expression: `[${negated ? '^/' : ''}${items}]`, end: i };
    if (char === '\\') i += 1;
    const isRange = char === '-' && i > first && pattern[i + 1] !== ']';
    items += isRange ? '-' : `\\x{${pattern.codePointAt(i)?.toString(16) ?? '0'}}`;
    if ((pattern.codePointAt(i) ?? 0) > 0xffff) i += 1;
  }
  return undefined;
}
