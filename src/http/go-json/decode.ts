import { type GoValue, parseGoJson } from './parse.ts';

/** Turns a parsed value into a typed one the way Go's encoding/json does for one Go type. */
export type Decoder<T> = {
  /** The type's name in Go, as error messages show it. */
  readonly goType: string;
  readonly zero: T;
  /** `before` is what the field holds already: a `null` leaves it, and so does a value of the wrong type. */
  decode(value: GoValue, before: T, place: Place): T;
};

/** Where a value stands, and who wants to know about a wrong type. */
type Place = { readonly struct: string; readonly fields: readonly string[]; mismatch(message: string): void };

export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/**
 * Decodes a request body by the rules of Go's `json.Unmarshal` (https://pkg.go.dev/encoding/json#Unmarshal): keys match
 * in any letter case, the last of several wins, unknown ones are ignored, `null` changes nothing. `error` is Go's text.
 */
export function decodeGoJson<T>(body: Buffer, decoder: Decoder<T>): Decoded<T> {
  const parsed = parseGoJson(body);
  if (!parsed.ok) return parsed;
  const mismatches: string[] = [];
  const place: Place = { struct: '', fields: [], mismatch: (message) => mismatches.push(message) };
  const value = decoder.decode(parsed.value, decoder.zero, place);
  const [error] = mismatches;
  return error === undefined ? { ok: true, value } : { ok: false, error };
}

/** A Go `string`. */
export const goString: Decoder<string> = {
  goType: 'string',
  zero: '',
  decode: (value, before, place) => {
    if (value.kind === 'string') return value.text;
    return wrongType({ decoder: goString, value, before, place });
  },
};

/** A Go `int`: whole numbers without point or exponent that fit into 64 bits. */
export const goInt: Decoder<number> = {
  goType: 'int',
  zero: 0,
  decode: (value, before, place) => {
    if (value.kind !== 'number') return wrongType({ decoder: goInt, value, before, place });
    if (isInt64(value.text)) return Number(value.text) + 0;
    return wrongType({ decoder: goInt, value, before, place, shown: `number ${value.text}` });
  },
};

/** A Go slice; empty where Go has nil. */
export function goList<T>(item: Decoder<T>): Decoder<readonly T[]> {
  const decoder: Decoder<readonly T[]> = {
    goType: `[]${item.goType}`,
    zero: [],
    decode: (value, before, place) => {
      if (value.kind === 'null') return [];
      if (value.kind !== 'array') return wrongType({ decoder, value, before, place });
      return value.items.map((entry) => item.decode(entry, item.zero, place));
    },
  };
  return decoder;
}

/** A Go struct. `fields` are named as on the wire. */
export function goStruct<T extends Record<string, unknown>>(
  name: { package: string; type: string },
  fields: { readonly [K in keyof T]: Decoder<T[K]> },
): Decoder<T> {
  const decoders: Readonly<Record<string, Decoder<unknown>>> = fields;
  const byFoldedName = new Map(Object.keys(decoders).map((key) => [folded(key), key]));
  const decoder: Decoder<T> = {
    goType: `${name.package}.${name.type}`,
    zero: Object.fromEntries(Object.entries(decoders).map(([key, field]) => [key, field.zero])) as T,
    decode: (value, before, place) => {
      if (value.kind !== 'object') return wrongType({ decoder, value, before, place });
      const result: Record<string, unknown> = { ...before };
      for (const [key, entry] of value.entries) {
        const field = byFoldedName.get(folded(key));
        if (field === undefined) continue;
        const inside = { ...place, struct: name.type, fields: [...place.fields, field] };
        result[field] = decoders[field]?.decode(entry, result[field], inside);
      }
      return result as T;
    },
  };
  return decoder;
}

/**
 * The key with letter case taken out: Unicode simple folding as far as it can meet an ASCII name, which besides the
 * letters are the Kelvin sign and the long s.
 */
function folded(key: string): string {
  return key
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replaceAll('\u212a', 'K')
    .replaceAll('\u017f', 'S');
}

function isInt64(text: string): boolean {
  return /^-?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

function wrongType<T>(found: { decoder: Decoder<T>; value: GoValue; before: T; place: Place; shown?: string }): T {
  const { decoder, value, before, place } = found;
  if (value.kind === 'null') return before;
  const target =
    place.fields.length === 0 ? 'Go value' : `Go struct field ${[place.struct, ...place.fields].join('.')}`;
  place.mismatch(`json: cannot unmarshal ${found.shown ?? value.kind} into ${target} of type ${decoder.goType}`);
  return before;
}
