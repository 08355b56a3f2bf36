const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A month has 30 days and a year 365.25. */
const units: readonly (readonly [names: RegExp, ms: number])[] = [
  [/^(?:s|secs?|seconds?)$/, second],
  [/^(?:m|mins?|minutes?)$/, minute],
  [/^(?:h|hrs?|hours?)$/, hour],
  [/^(?:d|days?)$/, day],
  [/^(?:w|wks?|weeks?)$/, 7 * day],
  [/^(?:mo|mons?|mos|months?)$/, 30 * day],
  [/^(?:y|yrs?|years?)$/, 365.25 * day],
];
const numbers = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
/** A hundred years: beyond, no date could be shown. */
const longest = 100 * 365.25 * day;

export type Lifetime = { readonly kind: 'ok'; readonly ms: number | null } | { readonly kind: 'invalid' };

/**
 * How long an environment lives, as written for GitLab: `1 week`, `one day`, `2h20min`, `1 hour and 30 minutes`, a plain
 * number of seconds. `never` and blank text mean for ever: `ms` is null. https://docs.gitlab.com/ci/yaml/#environmentauto_stop_in
 */
export function parseLifetime(text: string): Lifetime {
  const wanted = text.trim().toLowerCase();
  if (wanted === '' || wanted === 'never') return { kind: 'ok', ms: null };
  if (/^\d+(?:\.\d+)?$/.test(wanted)) return inRange(Number(wanted) * second);
  const words = wanted
    .replaceAll(',', ' ')
    .replace(/(\d)([a-z])/g, '$1 $2')
    .replace(/([a-z])(\d)/g, '$1 $2')
    .split(/\s+/);
  const pairs = words.filter((word) => word !== 'and' && word !== '');
  if (pairs.length === 0 || pairs.length % 2 === 1) return { kind: 'invalid' };
  let ms = 0;
  for (let at = 0; at < pairs.length; at += 2) ms += amount(pairs[at] ?? '') * unit(pairs[at + 1] ?? '');
  return inRange(ms);
}

function amount(word: string): number {
  if (/^\d+(?:\.\d+)?$/.test(word)) return Number(word);
  if (word === 'a' || word === 'an') return 1;
  const number = numbers.indexOf(word);
  return number < 0 ? Number.NaN : number;
}

function unit(word: string): number {
  return units.find(([names]) => names.test(word))?.[1] ?? Number.NaN;
}

function inRange(ms: number): Lifetime {
  return ms > 0 && ms <= longest ? { kind: 'ok', ms: Math.round(ms) } : { kind: 'invalid' };
}
