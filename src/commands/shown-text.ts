/*
 * Text of users within answers. A terminal that shows a log, or a page that shows a comment, must not obey what
 * somebody else wrote: characters that are not printable are written as Go's `%q` writes them
 * (https://pkg.go.dev/strconv#Quote), and long texts are cut.
 */

const maxShown = 500;
const notPrintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;
const notPrintableOrQuote = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|["\\]/gu;
const shortEscapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** Text as an answer may show it without quotes; as it is, when it is short and printable. */
export function shown(text: string): string {
  return cut(text).replace(notPrintable, escaped);
}

/** Text in double quotes, with `"` and `\` escaped. */
export function quoted(text: string): string {
  return `"${cut(text).replace(notPrintableOrQuote, escaped)}"`;
}

/** The first character in single quotes. */
export function quotedFirst(text: string): string {
  const char = String.fromCodePoint(text.codePointAt(0) ?? 0xfffd);
  if (char === '"') return `'"'`;
  return char === "'" ? String.raw`'\''` : `'${char.replace(notPrintableOrQuote, escaped)}'`;
}

/** A code span that what it holds cannot end (https://spec.commonmark.org/0.31.2/#code-spans). */
export function codeSpan(text: string): string {
  const ticks = '`'.repeat(longestRun(text) + 1);
  return ticks.length === 1 ? `\`${shown(text)}\`` : `${ticks} ${shown(text)} ${ticks}`;
}

/** A fenced block that what it holds cannot end; the text ends with or without a line break. */
export function fenced(text: string, language = ''): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${ticks}${language}\n${text}${text.endsWith('\n') ? '' : '\n'}${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

function cut(text: string): string {
  if (text.length <= maxShown) return text;
  // Half of a surrogate pair goes with what is cut.
  return `${text.slice(0, maxShown).replace(/[\ud800-\udbff]$/, '')}…`;
}

function escaped(char: string): string {
  const short = shortEscapes[char];
  if (short !== undefined) return short;
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x20 || code === 0x7f) return `\\x${hex.padStart(2, '0')}`;
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
