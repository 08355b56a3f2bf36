import { z } from 'zod';
import { parseTime } from './parse-time.ts';
import type { RawParameters } from './raw-parameters.ts';

/*
 * Parameters as GitLab converts them. A message completes "<name> …". All may be absent or null unless `required`.
 * Those called `nullable…` tell absent (undefined) from null, for changes that apply only what was sent.
 * https://docs.gitlab.com/api/rest/ says how they may be sent.
 */

const wrong = { error: 'is invalid' };
const wrongOrMissing = {
  error: ({ input }: { input?: unknown }) => (input === undefined ? 'is missing' : 'is invalid'),
};

/** A JSON integer, or digits with an optional sign. */
const integerForms = [
  z.number().meta({ type: 'integer' }).refine(Number.isInteger, wrong).transform(toSafeInteger),
  z
    .string()
    .regex(/^[+-]?\d+$/, wrong)
    .transform(toSafeInteger),
] as const;

/** Beyond what numbers hold exactly, the nearest that is: no record has such an id. */
function toSafeInteger(value: number | string): number {
  return Math.min(Math.max(Number(value), -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}

const scalars = [z.string(), z.number().transform(String), z.boolean().transform(String)] as const;

export const nullableInteger = z.union([...integerForms, z.literal('').transform(() => null)], wrong).nullish();
export const optionalInteger = nullableInteger.transform((value) => value ?? null);
export const requiredInteger = z.union(integerForms, wrongOrMissing);

export const optionalText = z.union(scalars, wrong).nullish();
/** Sent; null counts as empty text. */
export const requiredText = z.union([...scalars, z.null().transform(() => '')], wrongOrMissing);
/** Sent, and not blank. */
export const filledText = requiredText.refine((value) => value.trim() !== '', { error: 'is empty' });
/** Text that counts as not given when it is blank. */
export const optionalFilter = optionalText.transform((value) => (value?.trim() ? value : undefined));

const words: Readonly<Record<string, boolean>> = {
  ...{ true: true, t: true, '1': true, on: true, yes: true, y: true },
  ...{ false: false, f: false, '0': false, off: false, no: false, n: false },
};
const booleanForms = [
  z.boolean(),
  z.literal([0, 1]).transform((value) => value === 1),
  z
    .string()
    .refine((text) => Object.hasOwn(words, text.toLowerCase()), wrong)
    .transform((text) => words[text.toLowerCase()] === true),
] as const;
export const optionalBoolean = z
  .union([...booleanForms, z.literal('').transform(() => null)], wrong)
  .nullish()
  .transform((value) => value ?? null);
export const requiredBoolean = z.union(booleanForms, wrongOrMissing);

const moment = z.string().transform((text, context) => {
  const time = parseTime(text);
  if (time === undefined) context.addIssue({ code: 'custom', message: 'is invalid' });
  return time ?? z.NEVER;
});
/** Milliseconds since the epoch. */
export const nullableTime = z.union([z.literal('').transform(() => null), moment], wrong).nullish();
export const optionalTime = nullableTime.transform((value) => value ?? null);
/** Sent; null when it is blank. */
export const requiredTime = z.union([z.null(), z.literal('').transform(() => null), moment], wrongOrMissing);

export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  const error = ({ input }: { input?: unknown }) =>
    typeof input === 'object' ? 'is invalid' : 'does not have a valid value';
  return z.enum(values, { error }).nullish();
}

/** One of the values, which must be sent. Two complaints about one that is not are GitLab's way. */
export function requiredOneOf<const T extends readonly [string, ...string[]]>(name: string, values: T) {
  const wrongValue = 'does not have a valid value';
  const error = ({ input }: { input?: unknown }) => {
    if (input === undefined) return `is missing, ${name} ${wrongValue}`;
    return typeof input === 'object' && input !== null ? 'is invalid' : wrongValue;
  };
  return z.enum(values, { error });
}

/** An integer of that range, both ends included. */
export function integerBetween(lowest: number, highest: number) {
  return optionalInteger.refine((value) => value === null || (value >= lowest && value <= highest), {
    error: 'does not have a valid value',
  });
}

/** An integer that is one of the values. */
export function integerAmong<const T extends readonly number[]>(values: T) {
  return optionalInteger
    .refine((value) => value === null || values.includes(value), { error: 'does not have a valid value' })
    .transform((value) => value as T[number] | null);
}

/** A list of things, which must be sent. */
export function listOf<const T extends z.ZodType>(element: T) {
  return z.array(element, wrongOrMissing);
}

export function nullableListOf<const T extends z.ZodType>(element: T) {
  return z.array(element, wrong).nullish();
}

/** A parameter that may be sent as null only. */
export function mustBeAbsent(error: string) {
  return z.null({ error }).optional();
}

/** Further down no list goes, and numbers of rows stay exact. */
const lastPage = 1_000_000_000_000;

/** `page` and `per_page`, in force: below 1 means the default, and a page holds at most 100. */
export const pageParameters = {
  page: optionalInteger.transform((page) => (page !== null && page > 0 ? Math.min(page, lastPage) : 1)),
  per_page: optionalInteger
    .refine((size) => size !== 0, { error: 'has a value not allowed' })
    .transform((size) => (size !== null && size > 0 ? Math.min(size, 100) : 20)),
};

export type ParameterSchema = z.ZodObject;

/** Parameters of which at most one may be sent, even blank, and what is said of those that are. */
export type Exclusive = { readonly names: readonly string[]; readonly error: string };

export type ReadParameters<Schema extends ParameterSchema> =
  | { readonly kind: 'ok'; readonly values: z.output<Schema> }
  /** All that is wrong, in GitLab's words. */
  | { readonly kind: 'invalid'; readonly error: string };

/** Checks and converts. */
export function readParameters<Schema extends ParameterSchema>(
  schema: Schema,
  raw: RawParameters,
  exclusive?: Exclusive,
): ReadParameters<Schema> {
  const result = schema.safeParse({ ...raw });
  const problems = result.success ? [] : result.error.issues.map((issue) => `${nameOf(issue.path)} ${issue.message}`);
  const together = exclusive?.names.filter((name) => Object.hasOwn(raw, name)) ?? [];
  if (exclusive && together.length > 1) problems.push(`${together.join(', ')} ${exclusive.error}`);
  if (result.success && problems.length === 0) return { kind: 'ok', values: result.data };
  return { kind: 'invalid', error: problems.join(', ') };
}

function nameOf(path: readonly PropertyKey[]): string {
  const [first, ...rest] = path.map(String);
  return `${first ?? ''}${rest.map((part) => `[${part}]`).join('')}`;
}
