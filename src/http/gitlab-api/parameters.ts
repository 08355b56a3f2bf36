import { z } from 'zod';
import type { RawParameters } from './raw-parameters.ts';

/*
 * Parameters as GitLab converts them. A message completes "<name> …". All may be absent or null unless `required`.
 * https://docs.gitlab.com/api/rest/ says how they may be sent.
 */

const wrong = { error: 'is invalid' };

/** A JSON integer, or digits with an optional sign. */
const integerForms = [z.int(), z.string().regex(/^[+-]?\d+$/, wrong)] as const;

const integer = z.union(integerForms, wrong).transform(toSafeInteger);

/** Beyond what numbers hold exactly, the nearest that is: no record has such an id. */
function toSafeInteger(value: number | string): number {
  return Math.min(Math.max(Number(value), -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}

const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)], wrong);

export const optionalInteger = z
  .union([...integerForms, z.literal('')], wrong)
  .nullish()
  .transform((value) => (value === '' || value === null || value === undefined ? null : toSafeInteger(value)));
export const requiredInteger = integer;
export const optionalText = text.nullish();
export const requiredText = text;

/** Text that counts as not given when it is blank. */
export const optionalFilter = text.nullish().transform((value) => (value?.trim() ? value : undefined));

export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  const error = ({ input }: { input?: unknown }) =>
    typeof input === 'object' ? 'is invalid' : 'does not have a valid value';
  return z.enum(values, { error }).nullish();
}

/** `page` and `per_page`, in force: below 1 means the default, and a page holds at most 100. */
export const pageParameters = {
  page: optionalInteger.transform((page) => (page !== null && page > 0 ? page : 1)),
  per_page: optionalInteger
    .refine((size) => size !== 0, { error: 'has a value not allowed' })
    .transform((size) => (size !== null && size > 0 ? Math.min(size, 100) : 20)),
};

export type ParameterSchema = z.ZodObject;

export type ReadParameters<Schema extends ParameterSchema> =
  | { readonly kind: 'ok'; readonly values: z.output<Schema> }
  /** All that is wrong, in GitLab's words. */
  | { readonly kind: 'invalid'; readonly error: string };

/** Checks and converts; `exclusive` names parameters of which at most one may be sent, even blank. */
export function readParameters<Schema extends ParameterSchema>(
  schema: Schema,
  raw: RawParameters,
  exclusive: readonly string[] = [],
): ReadParameters<Schema> {
  const result = schema.safeParse({ ...raw });
  const problems = result.success ? [] : result.error.issues.map((issue) => `${nameOf(issue.path)} ${issue.message}`);
  const together = exclusive.filter((name) => Object.hasOwn(raw, name));
  if (together.length > 1) problems.push(`${together.join(', ')} cannot be used together`);
  if (result.success && problems.length === 0) return { kind: 'ok', values: result.data };
  return { kind: 'invalid', error: problems.join(', ') };
}

function nameOf(path: readonly PropertyKey[]): string {
  const [first, ...rest] = path.map(String);
  return `${first ?? ''}${rest.map((part) => `[${part}]`).join('')}`;
}
