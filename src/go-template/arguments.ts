import type { GoValue } from './types.ts';
import { type GoMap, isList, isMap, kindOf, textOf } from './values.ts';

/* What functions expect of their arguments. Each throws a `TypeError` that says what came instead. */

/** As sprig takes texts: whatever is none is written out. */
export function text(value: GoValue): string {
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : textOf(value);
}

/** As sprig takes numbers: from a text, too; 0 for what is none. */
export function number(value: GoValue): number {
  const read = typeof value === 'string' ? Number(value) : typeof value === 'boolean' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : 0;
}

export function integer(value: GoValue): number {
  return Math.trunc(number(value));
}

/** How often something is done, or how long it becomes. */
export function size(value: GoValue): number {
  const count = integer(value);
  if (count > 100_000) throw new TypeError(`${count} is too much`);
  return Math.max(0, count);
}

export function list(value: GoValue): readonly GoValue[] {
  if (isList(value)) return value;
  if (value === null || value === undefined) return [];
  throw new TypeError(`expected a list, got ${kindOf(value)}`);
}

export function map(value: GoValue): GoMap {
  if (isMap(value)) return value;
  throw new TypeError(`expected a dict, got ${kindOf(value)}`);
}

/** Of a list or a map. */
export function lengthOf(value: GoValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (isList(value)) return value.length;
  if (isMap(value)) return value.size;
  throw new TypeError(`len of type ${kindOf(value)}`);
}
