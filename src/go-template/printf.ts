import { size } from './arguments.ts';
import type { GoValue } from './types.ts';
import { isList, textOf, typeOf } from './values.ts';

/** `fmt.Sprintf`, for what templates have: https://pkg.go.dev/fmt */
export function printf(format: string, values: readonly GoValue[]): string {
  let next = 0;
  const text = format.replace(/%([-+# 0]*)(\*|\d+)?(?:\.(\d+))?(.)/gsu, (...groups) => {
    const [, flags = '', width, precision, verb = ''] = groups as (string | undefined)[];
    if (verb === '%') return '%';
    if (next >= values.length) return `%!${verb}(MISSING)`;
    const value = values[next++];
    const shown = verbText(verb, value, precision === undefined ? undefined : Number(precision));
    const signed = flags.includes('+') && typeof value === 'number' && value >= 0 ? `+${shown}` : shown;
    return padded(signed, { flags, width: size(width), isNumber: typeof value === 'number' });
  });
  const left = values.slice(next).map((value) => typed(value));
  return left.length === 0 ? text : `${text}%!(EXTRA ${left.join(', ')})`;
}

function verbText(verb: string, value: GoValue, precision: number | undefined): string {
  switch (verb) {
    case 'v':
      return textOf(value);
    case 's':
      return plainText(value, precision);
    case 'q':
      return isList(value) ? `[${value.map((one) => quoted(textOf(one))).join(' ')}]` : quoted(textOf(value));
    case 't':
      return typeof value === 'boolean' ? String(value) : wrong(verb, value);
    case 'T':
      return typeOf(value);
    case 'x':
      return hexText(value);
    case 'X':
      return hexText(value).toUpperCase();
    default:
      if (isList(value)) return `[${value.map((one) => verbText(verb, one, precision)).join(' ')}]`;
      return typeof value === 'number' ? numberText(verb, value, precision) : wrong(verb, value);
  }
}

function plainText(value: GoValue, precision: number | undefined): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return wrong('s', value);
  return precision === undefined ? textOf(value) : Array.from(textOf(value)).slice(0, precision).join('');
}

function hexText(value: GoValue): string {
  return typeof value === 'number' ? value.toString(16) : Buffer.from(textOf(value)).toString('hex');
}

function numberText(verb: string, value: number, precision: number | undefined): string {
  switch (verb) {
    case 'd':
      return Number.isInteger(value) ? String(value) : wrong(verb, value);
    case 'b':
      return value.toString(2);
    case 'o':
      return value.toString(8);
    case 'c':
      return String.fromCodePoint(value);
    case 'f':
    case 'F':
      return value.toFixed(precision ?? 6);
    case 'e':
      return value.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, 'e$10$2');
    case 'g':
      return precision === undefined ? String(value) : String(Number(value.toPrecision(precision || 1)));
    default:
      return wrong(verb, value);
  }
}

type Padding = { readonly flags: string; readonly width: number; readonly isNumber: boolean };

function padded(text: string, { flags, width, isNumber }: Padding): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || !isNumber) return text.padStart(width);
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

function wrong(verb: string, value: GoValue): string {
  return `%!${verb}(${typed(value)})`;
}

function typed(value: GoValue): string {
  return value === null || value === undefined ? '<nil>' : `${typeOf(value)}=${textOf(value)}`;
}

/** In Go's quotes. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
