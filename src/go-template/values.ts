import type { GoValue } from './types.ts';

export type GoMap = ReadonlyMap<string, GoValue>;
export type GoStruct = { readonly [field: string]: GoValue };

export function isList(value: GoValue): value is readonly GoValue[] {
  return Array.isArray(value);
}

export function isMap(value: GoValue): value is GoMap {
  return value instanceof Map;
}

export function isStruct(value: GoValue): value is GoStruct {
  return typeof value === 'object' && value !== null && !isList(value) && !isMap(value);
}

/** What `if`, `with`, `and`, `or` and `not` go by: false, 0, nil and whatever is empty count as false. */
export function isTrue(value: GoValue): boolean {
  if (isList(value)) return value.length > 0;
  if (isMap(value)) return value.size > 0;
  return isStruct(value) || Boolean(value);
}

/** As `%v` writes a value: https://pkg.go.dev/fmt */
export function textOf(value: GoValue): string {
  if (value === null) return '<nil>';
  if (value === undefined) return '<no value>';
  if (isList(value)) return `[${value.map(textOf).join(' ')}]`;
  if (isMap(value))
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${textOf(value.get(key))}`)
      .join(' ')}]`;
  if (isStruct(value)) return `{${Object.values(value).map(textOf).join(' ')}}`;
  return String(value);
}

/** Maps are gone through in the order of their keys. */
export function sortedKeys(map: GoMap): string[] {
  return [...map.keys()].sort();
}

/** Go's name of the kind of a value. */
export function kindOf(value: GoValue): string {
  if (value === null || value === undefined) return 'invalid';
  if (isList(value)) return 'slice';
  if (isMap(value)) return 'map';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  return typeof value === 'string' ? 'string' : 'struct';
}

/** As `%T` writes it: a Go type. */
export function typeOf(value: GoValue): string {
  if (value === null || value === undefined) return '<nil>';
  if (isList(value)) return '[]interface {}';
  return isMap(value) ? 'map[string]interface {}' : kindOf(value);
}

/** Of values of one kind; throws for others, as Go does. */
export function areEqual(a: GoValue, b: GoValue): boolean {
  if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null);
  if (typeof a === 'object' || typeof b === 'object') throw new TypeError('non-comparable type');
  if (typeof a !== typeof b) throw new TypeError('incompatible types for comparison');
  return a === b;
}

/** Negative where `a` comes first. Texts are compared by their bytes. */
export function compare(a: GoValue, b: GoValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  throw new TypeError('incompatible types for comparison');
}

export function isDeepEqual(a: GoValue, b: GoValue): boolean {
  return kindOf(a) === kindOf(b) && toJson(a) === toJson(b);
}

/** As `encoding/json` writes it: keys of maps in their order. */
export function toJson(value: GoValue, indent?: string): string {
  return rawJson(value, indent).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same, but for what it escapes so that it may stand in HTML. */
export function rawJson(value: GoValue, indent?: string): string {
  return JSON.stringify(plain(value), null, indent) ?? 'null';
}

function plain(value: GoValue): unknown {
  if (isList(value)) return value.map(plain);
  if (isMap(value)) return Object.fromEntries(sortedKeys(value).map((key) => [key, plain(value.get(key))]));
  if (isStruct(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
  return value ?? null;
}

/** A value that was read as JSON. */
export function fromPlain(value: unknown): GoValue {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, one]) => [key, fromPlain(one)]));
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
