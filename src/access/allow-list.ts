import { withoutPort } from '../lib/without-port.ts';

/** The repositories a server works for. */
export type AllowList =
  | { readonly kind: 'ok'; readonly isAllowed: (host: string, fullName: string) => boolean }
  | { readonly kind: 'invalid'; readonly message: string };

/**
 * Reads the value of `--repo-allowlist`: rules with commas between them, matched against `<host>/<full name>` whatever
 * the case. In a rule `*` stands for any characters, none included, and everything else for itself; a rule covers the
 * whole of the name. A rule after `!` takes repositories out again. Blanks around a rule do not count. A host that has a
 * port is matched with it and without it: rules of Atlantis leave it out.
 * Allowed is what some rule admits and no `!` rule takes out.
 * The form is that of https://www.runatlantis.io/docs/server-configuration#repo-allowlist
 */
export function parseAllowList(text: string): AllowList {
  const entries = text
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  if (entries.length === 0) return invalid('must be set for security purposes');
  if (text.includes('://')) return invalid('cannot contain ://, should be hostnames only');
  const omits = entries.filter((entry) => entry.startsWith('!')).map((entry) => entry.slice(1).trim());
  if (omits.includes('')) return invalid('has a ! with no repository after it');
  const isIncluded = anyGlob(entries.filter((entry) => !entry.startsWith('!')));
  const isOmitted = anyGlob(omits);
  return {
    kind: 'ok',
    isAllowed: (host, fullName) => {
      const names = [host, withoutPort(host)].map((one) => `${one}/${fullName}`.toLowerCase());
      return names.some(isIncluded) && !names.some(isOmitted);
    },
  };
}

function invalid(reason: string): AllowList {
  return { kind: 'invalid', message: `--repo-allowlist ${reason}` };
}

function anyGlob(patterns: readonly string[]): (name: string) => boolean {
  const globs = patterns.map((pattern) => pattern.split('*'));
  return (name) => globs.some((pieces) => matches(name, pieces));
}

/** Takes each piece at its first place after the one before, which never needs to go back, unlike an expression. */
function matches(name: string, pieces: readonly string[]): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let position = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return position <= end;
}
