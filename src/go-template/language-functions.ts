import { integer, lengthOf, text } from './arguments.ts';
import { printf } from './printf.ts';
import type { GoFunction, GoValue } from './types.ts';
import { areEqual, compare, isList, isMap, isTrue, kindOf, textOf } from './values.ts';

/** The functions of the language but `and` and `or`: https://pkg.go.dev/text/template#hdr-Functions */
export const languageFunctions: Readonly<Record<string, GoFunction>> = {
  not: (value) => !isTrue(value),
  len: lengthOf,
  index: (value, ...keys) => keys.reduce<GoValue>(at, value),
  slice: sliceOf,
  print: (...values) => printed(values),
  println: (...values) => `${values.map(textOf).join(' ')}\n`,
  printf: (format, ...values) => printf(text(format), values),
  html: (...values) => printed(values).replace(/[&<>"'\0]/g, (char) => htmlEscapes[char] ?? ''),
  js: (...values) => printed(values).replace(/[\\'"<>&=\n\r\t\0]/g, jsEscape),
  urlquery: (...values) => encodeURIComponent(printed(values)).replaceAll('%20', '+'),
  eq: (value, ...others) => {
    if (others.length === 0) throw new TypeError('missing argument for comparison');
    return others.some((other) => areEqual(value, other));
  },
  ne: (a, b) => !areEqual(a, b),
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
};

const htmlEscapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '\0': '\ufffd',
};

function jsEscape(char: string): string {
  if (char === '\\' || char === "'" || char === '"') return `\\${char}`;
  return `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A blank stands between two values of which none is a text. */
function printed(values: readonly GoValue[]): string {
  return values.reduce<string>((out, value, index) => {
    const before = values[index - 1];
    const isApart = index > 0 && typeof value !== 'string' && typeof before !== 'string';
    return `${out}${isApart ? ' ' : ''}${textOf(value)}`;
  }, '');
}

function at(value: GoValue, key: GoValue): GoValue {
  if (isMap(value)) return value.get(text(key));
  if (!isList(value) && typeof value !== 'string') throw new TypeError(`can't index item of type ${kindOf(value)}`);
  const index = integer(key);
  const length = lengthOf(value);
  if (typeof key !== 'number' || index < 0 || index >= length)
    throw new TypeError(`index out of range: ${textOf(key)}`);
  return isList(value) ? value[index] : Buffer.from(value)[index];
}

function sliceOf(value: GoValue, ...bounds: GoValue[]): GoValue {
  const [from = 0, to] = bounds.map(integer);
  const length = lengthOf(value);
  if (from < 0 || (to ?? length) > length || from > (to ?? length)) throw new TypeError('slice index out of range');
  if (isList(value)) return value.slice(from, to);
  if (typeof value === 'string') return Buffer.from(value).subarray(from, to).toString();
  throw new TypeError(`can't slice item of type ${kindOf(value)}`);
}
