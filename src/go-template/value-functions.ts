import { integer, list, map, number, size, text } from './arguments.ts';
import type { GoFunction, GoValue } from './types.ts';
import {
  fromPlain,
  isDeepEqual,
  isMap,
  isTrue,
  kindOf,
  rawJson,
  sortedKeys,
  textOf,
  toJson,
  typeOf,
} from './values.ts';

const sum = (values: readonly GoValue[]) => values.map(integer).reduce((total, one) => total + one, 0);
const rounded = (value: GoValue, digits: GoValue) => Number(number(value).toFixed(Math.min(20, size(digits))));
const has = (wanted: GoValue, values: GoValue) => list(values).some((one) => isDeepEqual(one, wanted));

/** `sprig` counts down by itself, and takes a step between two bounds. */
function sequence(bounds: readonly number[]): number[] {
  const [start, end] = bounds.length === 1 ? [1, bounds[0] ?? 0] : [bounds[0] ?? 0, bounds.at(-1) ?? 0];
  const down = end < start ? -1 : 1;
  const step = bounds.length === 3 ? (bounds[1] ?? 0) : down;
  return step * down > 0 ? steps(start, end + down, step) : [];
}

/** Dicts are made by templates alone, so that they may change them. */
function changed(dict: GoValue, change: (own: Map<string, GoValue>) => void): GoValue {
  const own = map(dict);
  if (own instanceof Map) change(own as Map<string, GoValue>);
  return own;
}

function parsed(value: GoValue): GoValue {
  try {
    return fromPlain(JSON.parse(text(value)));
  } catch {
    return undefined;
  }
}

/** As many numbers as a page could show. */
function steps(start: number, end: number, step: number): number[] {
  const count = step === 0 ? 0 : Math.ceil((end - start) / step);
  return Array.from({ length: size(count) }, (_none, at) => start + at * step);
}

function divisor(value: GoValue): number {
  const by = integer(value);
  if (by === 0) throw new TypeError('integer divide by zero');
  return by;
}

function dictOf(pairs: readonly GoValue[]): GoValue {
  const keys = pairs.filter((_value, at) => at % 2 === 0);
  return new Map(keys.map((key, at) => [text(key), pairs[2 * at + 1] ?? '']));
}

/** Functions of numbers, lists, dicts and of any value, as https://masterminds.github.io/sprig names them. */
export const valueFunctions: Readonly<Record<string, GoFunction>> = {
  // numbers
  add: (...values) => sum(values),
  add1: (value) => integer(value) + 1,
  sub: (a, b) => integer(a) - integer(b),
  mul: (...values) => values.map(integer).reduce((product, one) => product * one, 1),
  div: (a, b) => Math.trunc(integer(a) / divisor(b)),
  mod: (a, b) => integer(a) % divisor(b),
  max: (...values) => Math.max(...values.map(integer)),
  min: (...values) => Math.min(...values.map(integer)),
  biggest: (...values) => Math.max(...values.map(integer)),
  addf: (...values) => values.map(number).reduce((total, one) => total + one, 0),
  add1f: (value) => number(value) + 1,
  subf: (first, ...values) => values.map(number).reduce((total, one) => total - one, number(first)),
  mulf: (...values) => values.map(number).reduce((product, one) => product * one, 1),
  divf: (first, ...values) => values.map(number).reduce((total, one) => total / one, number(first)),
  maxf: (...values) => Math.max(...values.map(number)),
  minf: (...values) => Math.min(...values.map(number)),
  int: integer,
  int64: integer,
  float64: number,
  atoi: integer,
  floor: (value) => Math.floor(number(value)),
  ceil: (value) => Math.ceil(number(value)),
  round: rounded,
  until: (count) => (integer(count) < 0 ? steps(0, integer(count), -1) : steps(0, integer(count), 1)),
  untilStep: (start, end, step) => steps(integer(start), integer(end), integer(step)),
  // any value
  default: (otherwise, value) => (isTrue(value) ? value : otherwise),
  empty: (value) => !isTrue(value),
  coalesce: (...values) => values.find(isTrue) ?? null,
  all: (...values) => values.every(isTrue),
  any: (...values) => values.some(isTrue),
  ternary: (yes, no, value) => (value === true ? yes : no),
  fail: (message) => {
    throw new TypeError(text(message));
  },
  toString: (value: GoValue) => textOf(value),
  toStrings: (values) => list(values).map(textOf),
  toJson: (value) => toJson(value),
  toPrettyJson: (value) => toJson(value, '  '),
  toRawJson: (value) => rawJson(value),
  fromJson: parsed,
  kindOf,
  kindIs: (kind, value) => kindOf(value) === kind,
  typeOf,
  typeIs: (type, value) => typeOf(value) === type,
  typeIsLike: (type, value) => typeOf(value) === type,
  deepEqual: isDeepEqual,
  // lists
  list: (...values) => values,
  tuple: (...values) => values,
  first: (values) => list(values)[0] ?? null,
  last: (values) => list(values).at(-1) ?? null,
  rest: (values) => list(values).slice(1),
  initial: (values) => list(values).slice(0, -1),
  append: (values, value) => [...list(values), value],
  push: (values, value) => [...list(values), value],
  chunk: (count, values) => {
    const [all, width] = [list(values), Math.max(1, size(count))];
    return steps(0, all.length, width).map((at) => all.slice(at, at + width));
  },
  prepend: (values, value) => [value, ...list(values)],
  concat: (...lists) => lists.flatMap(list),
  reverse: (values) => list(values).toReversed(),
  uniq: (values) => list(values).filter((one, at, all) => all.findIndex((other) => isDeepEqual(one, other)) === at),
  without: (values, ...others) => list(values).filter((one) => !has(one, others)),
  has,
  compact: (values) => list(values).filter(isTrue),
  seq: (...bounds) => sequence(bounds.map(integer)).join(' '),
  // dicts
  dict: (...pairs) => dictOf(pairs),
  set: (dict, key, value) => changed(dict, (own) => own.set(text(key), value)),
  unset: (dict, key) => changed(dict, (own) => own.delete(text(key))),
  deepCopy: (value) => fromPlain(JSON.parse(toJson(value))),
  mergeOverwrite: (...dicts) => new Map(dicts.flatMap((dict) => [...map(dict)])),
  get: (dict, key) => map(dict).get(text(key)) ?? '',
  hasKey: (dict, key) => map(dict).has(text(key)),
  keys: (...dicts) => dicts.flatMap((dict) => sortedKeys(map(dict))),
  values: (dict) => sortedKeys(map(dict)).map((key) => map(dict).get(key)),
  pick: (dict, ...keys) => new Map([...map(dict)].filter(([key]) => has(key, keys))),
  omit: (dict, ...keys) => new Map([...map(dict)].filter(([key]) => !has(key, keys))),
  merge: (...dicts) => new Map(dicts.toReversed().flatMap((dict) => [...map(dict)])),
  pluck: (key, ...dicts) => dicts.flatMap((dict) => (map(dict).has(text(key)) ? [map(dict).get(text(key))] : [])),
  dig: (...path) => {
    const [keys, otherwise, dict] = [path.slice(0, -2), path.at(-2), path.at(-1)];
    const found = keys.reduce<GoValue>((value, key) => (isMap(value) ? value.get(text(key)) : undefined), dict);
    return found ?? otherwise;
  },
};
