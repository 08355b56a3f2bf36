import { RE2JS, RE2JSException } from 're2js';

const maxPatternLength = 500;

/**
 * The projects that `-p` means where it may be a regular expression
 * (https://www.runatlantis.io/docs/server-configuration#enable-regexp-cmd): the one of exactly that name, else those
 * whose whole name matches. Several only if the text begins with one of the allowed prefixes, or none is set. Nothing
 * matches an expression that is not valid. Takes time linear in the names.
 */
export function matchProjectNames(
  written: string,
  names: readonly string[],
  allowedPrefixes: readonly string[],
): readonly string[] {
  if (names.includes(written)) return [written];
  const pattern = compile(written);
  const found = typeof pattern === 'string' ? [] : names.filter((name) => pattern.matches(name));
  const isAllowed = allowedPrefixes.length === 0 || allowedPrefixes.some((prefix) => written.startsWith(prefix));
  return found.length > 1 && !isAllowed ? [] : found;
}

/** Why the text cannot be such an expression. */
export function projectPatternError(written: string): string | undefined {
  const pattern = compile(written);
  return typeof pattern === 'string' ? pattern : undefined;
}

/** The expression, or the reason why there is none. Not backtracking: anybody who may comment writes these. */
function compile(written: string): RE2JS | string {
  if (written.length > maxPatternLength)
    return `a regular expression cannot be longer than ${maxPatternLength} characters`;
  try {
    return RE2JS.compile(written);
  } catch (error) {
    if (error instanceof RE2JSException) return error.message;
    throw error;
  }
}
