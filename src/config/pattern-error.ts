/**
 * Why Docker's ignore-file matcher would refuse this pattern, or undefined. The matcher hands patterns to Go's
 * `filepath.Match`, whose grammar this follows: https://pkg.go.dev/path/filepath#Match. The JavaScript matcher accepts
 * anything, so that a typing error would silently match nothing.
 */
export function patternError(pattern: string): string | undefined {
  const trimmed = pattern.trim();
  if (trimmed === '!') return 'illegal exclusion pattern: "!"';
  return isWellFormed(trimmed.replace(/^!/, '')) ? undefined : 'syntax error in pattern';
}

function isWellFormed(pattern: string): boolean {
  let rest = pattern;
  while (rest !== '') {
    const length = rest[0] === '[' ? classLength(rest) : rest[0] === '\\' ? escapeLength(rest) : 1;
    if (length === 0) return false;
    rest = rest.slice(length);
  }
  return true;
}

/** `\x` */
function escapeLength(text: string): number {
  return text.length > 1 ? 2 : 0;
}

/** `[^a-z\]x]`; 0 when it is not a class. `]` and `-` must be escaped to stand for themselves. */
function classLength(text: string): number {
  const match = /^\[(?:\^|(?!\^))(?:(?:\\[\s\S]|[^\\\]-])(?:-(?:\\[\s\S]|[^\\\]-]))?)+\]/u.exec(text);
  return match ? match[0].length : 0;
}
