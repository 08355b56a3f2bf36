import type { OptionRow, OptionValue } from './option.ts';

/** A value, or what was expected instead: the end of a sentence that begins with the value. */
export type Parsed = { readonly value: OptionValue } | { readonly problem: string };

const trueWords = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const falseWords = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** Turns the text of a flag, a variable or a scalar of the configuration file into the value of its row. */
export function parseValue(text: string, row: OptionRow): Parsed {
  switch (row.type) {
    case 'string':
      return { value: text };
    case 'bool':
      return parseBool(text);
    case 'int':
      return parseInteger(text);
    case 'list':
      return { value: text === '' ? [] : text.split(',') };
    case 'duration': {
      const value = parseDuration(text);
      return value === undefined ? { problem: 'is not a duration such as 90s, 30m, 1h30m or 2d' } : { value };
    }
  }
}

/** The words of Go's `strconv.ParseBool`. */
function parseBool(text: string): Parsed {
  if (trueWords.has(text)) return { value: true };
  if (falseWords.has(text)) return { value: false };
  return { problem: 'is neither true nor false' };
}

const integer =
  /^(?<sign>[+-]?)(?:0x_?(?<hex>[0-9a-f]+(?:_[0-9a-f]+)*)|0b_?(?<bin>[01]+(?:_[01]+)*)|0o?_?(?<oct>[0-7]+(?:_[0-7]+)*)|(?<dec>0|[1-9]\d*(?:_\d+)*))$/i;

/** Go's `strconv.ParseInt` with base 0, which pflag uses: `4141`, `4_141`, `0x102d`, `0b11`; and `010` is eight. */
function parseInteger(text: string): Parsed {
  const { sign, hex, bin, oct, dec } = integer.exec(text)?.groups ?? {};
  const digits = hex ? `0x${hex}` : bin ? `0b${bin}` : oct ? `0o${oct}` : dec;
  if (digits === undefined) return { problem: 'is not a whole number' };
  const value = Number(digits.replaceAll('_', ''));
  if (!Number.isSafeInteger(value)) return { problem: 'is too large a number' };
  return { value: sign === '-' && value !== 0 ? -value : value };
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration in the manner of Go, with `d` for 24 hours: `1h30m`, `2d`. Undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|[smhd])/g)) {
    total += Number(amount) * unitMs[unit as keyof typeof unitMs];
  }
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined;
}
