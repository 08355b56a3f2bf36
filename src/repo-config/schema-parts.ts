import { z } from 'zod';
import { quoted, type Rule, wordRule } from './field-rules.ts';

/*
 * What both configuration files are described with. All scalars come as text; a key without a value is the same as no
 * key, and comes as null. Messages say what was expected and what was found.
 */

export const text = z.string({ error: expected('text') });
export const flag = z.string({ error: expected('true or false') }).transform((written, context) => {
  const value = flags.get(written);
  if (value === undefined) context.issues.push(custom(written, `expected true or false, found ${quoted(written)}`));
  return value ?? false;
});
export const whole = z.string({ error: expected('a whole number') }).transform((written, context) => {
  const value = /^[-+]?(0|[1-9]\d*)$/.test(written) ? Number(written) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    context.issues.push(custom(written, `expected a whole number, found ${quoted(written)}`));
  }
  return value;
});
export const texts = list(text);

// The words that Go's YAML library takes for a boolean (https://pkg.go.dev/go.yaml.in/yaml/v3).
const flags = new Map([
  ...['true', 'True', 'TRUE', 'y', 'Y', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE', 'n', 'N', 'no', 'off'].map((word) => [word, false] as const),
]);

export function mapping<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'invalid_type' ? expected('a mapping')(issue) : undefined),
  });
}

export function optional<T extends z.ZodType>(value: T) {
  return z._default(z.nullable(value), null);
}

/** Text that has to be there and not be empty; `missing` is what to say otherwise. */
export function required(missing: string) {
  return z
    .string({ error: (issue) => (issue.input == null ? missing : expected('text')(issue)) })
    .check(rule((value) => (value === '' ? missing : undefined)));
}

export function list<T extends z.ZodType>(item: T) {
  return z.array(item, { error: expected('a list') });
}

export function word<const W extends readonly string[]>(words: W, invalid: (value: string) => string) {
  return text.check(rule(wordRule(words, invalid))).transform((value) => value as W[number]);
}

export function valid(words: readonly string[]): (value: string) => string {
  return (value) => `must be a valid value: one of ${words.join(', ')}, found ${quoted(value)}`;
}

export function expected(what: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => `expected ${what}, found ${kindOf(input)}`;
}

/** True for what is said of a value that is of the wrong kind, such as text where a list belongs. */
export function isShapeMessage(message: string): boolean {
  return message.startsWith('expected ');
}

function kindOf(input: unknown): string {
  if (input == null) return 'nothing';
  if (typeof input === 'string') return `the text ${quoted(input.length > 40 ? `${input.slice(0, 40)}…` : input)}`;
  return Array.isArray(input) ? 'a list' : 'a mapping';
}

export function rule(check: Rule) {
  return (payload: { readonly value: string; readonly issues: z.core.$ZodRawIssue[] }): void => {
    const message = check(payload.value);
    if (message !== undefined) payload.issues.push(custom(payload.value, message));
  };
}

export function custom(input: string, message: string) {
  return { code: 'custom', input, message } as const;
}
