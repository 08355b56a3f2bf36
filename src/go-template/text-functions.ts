import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { RE2JS } from 're2js';
import { integer, list, size, text } from './arguments.ts';
import { quoted } from './printf.ts';
import type { GoFunction, GoValue } from './types.ts';

const strings = (values: readonly GoValue[]) => values.map(text);
const isGiven = (value: GoValue) => value !== null && value !== undefined;
const chars = (value: GoValue) => Array.from(text(value));
const indented = (count: GoValue, value: GoValue) => text(value).replace(/^/gm, ' '.repeat(size(count)));
const digest = (algorithm: string, value: GoValue) => createHash(algorithm).update(text(value)).digest('hex');
const words = (value: GoValue) =>
  text(value).match(/[\p{Lu}]+(?![\p{Ll}])|\p{Lu}?[\p{Ll}\p{N}]+|[\p{L}\p{N}]+/gu) ?? [];
const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);
const trimmed = (value: string, cut: string, { start, end }: { readonly start: boolean; readonly end: boolean }) => {
  const set = new Set(cut);
  const all = Array.from(value);
  let from = 0;
  let to = all.length;
  while (start && from < to && set.has(all[from] ?? '')) from += 1;
  while (end && to > from && set.has(all[to - 1] ?? '')) to -= 1;
  return all.slice(from, to).join('');
};

/** Functions of texts, in the order of arguments of https://masterminds.github.io/sprig/strings.html */
export const textFunctions: Readonly<Record<string, GoFunction>> = {
  trim: (value) => text(value).trim(),
  trimall: (cut, value) => trimmed(text(value), text(cut), { start: true, end: true }),
  trimAll: (cut, value) => trimmed(text(value), text(cut), { start: true, end: true }),
  trimPrefix: (prefix, value) =>
    text(value).startsWith(text(prefix)) ? text(value).slice(text(prefix).length) : value,
  trimSuffix: (suffix, value) =>
    text(value).endsWith(text(suffix)) ? text(value).slice(0, text(value).length - text(suffix).length) : value,
  upper: (value) => text(value).toUpperCase(),
  lower: (value) => text(value).toLowerCase(),
  title: (value) => text(value).replace(/(?<![\p{L}\p{N}_'])\p{L}/gu, (first) => first.toUpperCase()),
  untitle: (value) => text(value).replace(/(?<![\p{L}\p{N}_'])\p{L}/gu, (first) => first.toLowerCase()),
  repeat: (count, value) => text(value).repeat(size(count)),
  substr: (start, end, value) => {
    const [from, to] = [integer(start), integer(end)];
    return from < 0
      ? text(value).slice(0, to)
      : to < 0 || to > text(value).length
        ? text(value).slice(from)
        : text(value).slice(from, to);
  },
  nospace: (value) => text(value).replace(/\s/g, ''),
  trunc: (count, value) => {
    const length = integer(count);
    return length < 0 ? chars(value).slice(length).join('') : chars(value).slice(0, length).join('');
  },
  abbrev: (width, value) => {
    const most = integer(width);
    return most < 4 || chars(value).length <= most
      ? text(value)
      : `${chars(value)
          .slice(0, most - 3)
          .join('')}...`;
  },
  initials: (value) => (text(value).match(/(?<!\S)\S/gu) ?? []).join(''),
  contains: (part, value) => text(value).includes(text(part)),
  hasPrefix: (prefix, value) => text(value).startsWith(text(prefix)),
  hasSuffix: (suffix, value) => text(value).endsWith(text(suffix)),
  quote: (...values) => strings(values.filter(isGiven)).map(quoted).join(' '),
  squote: (...values) =>
    strings(values.filter(isGiven))
      .map((one) => `'${one}'`)
      .join(' '),
  cat: (...values) => strings(values.filter(isGiven)).join(' '),
  indent: indented,
  nindent: (count, value) => `\n${indented(count, value)}`,
  replace: (from, to, value) => text(value).replaceAll(text(from), () => text(to)),
  plural: (one, many, count) => (integer(count) === 1 ? one : many),
  snakecase: (value) => words(value).join('_').toLowerCase(),
  kebabcase: (value) => words(value).join('-').toLowerCase(),
  camelcase: (value) =>
    words(value)
      .map((word) => capital(word.toLowerCase()))
      .join(''),
  swapcase: (value) =>
    text(value).replace(/\p{L}/gu, (char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase())),
  wrap: (width, value) => wrapped(text(value), size(width), '\n'),
  wrapWith: (width, by, value) => wrapped(text(value), size(width), text(by)),
  splitList: (separator, value) => text(value).split(text(separator)),
  split: (separator, value) =>
    new Map(
      text(value)
        .split(text(separator))
        .map((part, at) => [`_${at}`, part]),
    ),
  join: (separator, values) => (Array.isArray(values) ? strings(list(values)).join(text(separator)) : text(values)),
  sortAlpha: (values) => strings(list(values)).sort(),
  regexMatch: (pattern, value) => RE2JS.compile(text(pattern)).matcher(text(value)).find(),
  regexFind: (pattern, value) => found(pattern, value, 1)[0] ?? '',
  regexFindAll: (pattern, value, count) => found(pattern, value, integer(count)),
  regexReplaceAll: (pattern, value, by) => replaced(pattern, value, (group) => expanded(text(by), group)),
  regexReplaceAllLiteral: (pattern, value, by) => replaced(pattern, value, () => text(by)),
  regexSplit: (pattern, value, count) =>
    integer(count) === 0 ? [] : RE2JS.compile(text(pattern)).split(text(value), integer(count)),
  regexQuoteMeta: (value) => RE2JS.quote(text(value)),
  b64enc: (value) => Buffer.from(text(value)).toString('base64'),
  b64dec: (value) => Buffer.from(text(value), 'base64').toString(),
  sha1sum: (value) => digest('sha1', value),
  sha256sum: (value) => digest('sha256', value),
  sha512sum: (value) => digest('sha512', value),
  base: (path) => posix.basename(text(path)) || '.',
  dir: dirOf,
  clean: (path) => posix.normalize(text(path)).replace(/(?<=.)\/$/, ''),
  ext: (path) => /\.[^./]*$/.exec(text(path))?.[0] ?? '',
  isAbs: (path) => text(path).startsWith('/'),
};

function found(pattern: GoValue, value: GoValue, most: number): string[] {
  const matcher = RE2JS.compile(text(pattern)).matcher(text(value));
  const all: string[] = [];
  while (all.length !== most && matcher.find()) all.push(matcher.group() ?? '');
  return all;
}

type Group = (number: number) => string | null;

function replaced(pattern: GoValue, value: GoValue, by: (group: Group) => string): string {
  const source = text(value);
  const matcher = RE2JS.compile(text(pattern)).matcher(source);
  let out = '';
  let last = 0;
  while (matcher.find()) {
    out += source.slice(last, matcher.start()) + by((number) => matcher.group(number));
    last = matcher.end();
  }
  return out + source.slice(last);
}

/** `$1`, `${1}` and `$$`, as https://pkg.go.dev/regexp#Regexp.Expand has them; names stand for nothing. */
function expanded(by: string, group: Group): string {
  return by.replace(/\$(?:\{(\w+)\}|(\w+)|\$)/g, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return whole.slice(1);
    return /^\d+$/.test(name) ? (group(Number(name)) ?? '') : '';
  });
}

/** What stands before the last slash, even where nothing follows it. */
function dirOf(path: GoValue): string {
  const whole = text(path);
  return posix.normalize(whole.slice(0, whole.lastIndexOf('/') + 1)).replace(/(?<=.)\/$/, '');
}

function wrapped(value: string, width: number, by: string): string {
  return value
    .split('\n')
    .map((line) =>
      line.split(' ').reduce((out, word) => {
        const last = out.slice(out.lastIndexOf(by) < 0 ? 0 : out.lastIndexOf(by) + by.length);
        return out === '' ? word : last.length + 1 + word.length > width ? `${out}${by}${word}` : `${out} ${word}`;
      }, ''),
    )
    .join('\n');
}
