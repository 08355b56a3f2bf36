import { posix } from 'node:path';
import { compilePathPattern, type PathPattern } from './path-pattern.ts';

/** Patterns in the order in which they were written. Of those that match a path, the last one decides. */
export type PathRules = {
  /** `path` is relative to the root of the repo, as the folder is to which the patterns belong. */
  matches(path: string, dir: string): boolean;
  /** Folders, for patterns of this one, in which everything lies that can match; empty for the root. */
  folders(dir: string): readonly string[];
};

export type CompiledRules =
  | { readonly kind: 'ok'; readonly rules: PathRules }
  /** As written. */
  | { readonly kind: 'invalid'; readonly pattern: string };

type Rule = {
  readonly pattern: PathPattern;
  readonly negated: boolean;
  /** How many folders above its own it begins. */
  readonly up: number;
};

/**
 * Makes a list of patterns ready, in the form of a `.dockerignore` file: relative to a folder, `..` leads out of it, `!`
 * in front takes back what patterns before it match. Empty ones stand for the folder.
 */
export function compilePathRules(patterns: readonly string[]): CompiledRules {
  const rules: Rule[] = [];
  for (const written of patterns) {
    const rule = ruleOf(written.trim());
    if (!rule) return { kind: 'invalid', pattern: written };
    rules.push(rule);
  }
  const hasNegated = rules.some((rule) => rule.negated);
  const lastFirst = rules.toReversed();
  const matches = (path: string, dir: string): boolean => {
    if (!hasNegated) return rules.some((rule) => applies(rule, path, dir));
    const deciding = lastFirst.find((rule) => applies(rule, path, dir));
    return deciding !== undefined && !deciding.negated;
  };
  const folders = (dir: string) =>
    rules
      .filter((rule) => !rule.negated)
      .flatMap(({ up, pattern }) => {
        const base = folderAbove(dir, up);
        return base === undefined ? [] : [[base, pattern.folder].filter((part) => part !== '').join('/')];
      });
  return { kind: 'ok', rules: { matches, folders: (dir) => [...new Set(folders(dir))] } };
}

/** The same for patterns that are known to be well-formed or, where they are not, match nothing. */
export function pathRules(patterns: readonly string[]): PathRules {
  const usable = patterns.filter((pattern) => compilePathRules([pattern]).kind === 'ok');
  const compiled = compilePathRules(usable);
  return compiled.kind === 'ok' ? compiled.rules : { matches: () => false, folders: () => [] };
}

function ruleOf(written: string): Rule | undefined {
  const negated = written.startsWith('!');
  const text = negated ? written.slice(1).trim() : written;
  const cleaned = posix.normalize(`./${text}`).replace(/\/$/, '');
  const up = /^(?:\.\.(?:\/|$))*/.exec(cleaned)?.[0] ?? '';
  const pattern = compilePathPattern(cleaned.slice(up.length));
  return pattern && { pattern, negated, up: up === '' ? 0 : up.replace(/\/$/, '').split('/').length };
}

function applies({ pattern, up }: Rule, path: string, dir: string): boolean {
  const base = folderAbove(dir, up);
  if (base === undefined) return false;
  if (base === '') return pattern.matches(path);
  return path.startsWith(`${base}/`) && pattern.matches(path.slice(base.length + 1));
}

/** Empty for the root; undefined outside of the repo. */
function folderAbove(dir: string, up: number): string | undefined {
  if (up === 0) return dir === '.' ? '' : dir;
  const parts = dir === '.' ? [] : dir.split('/');
  return up > parts.length ? undefined : parts.slice(0, parts.length - up).join('/');
}
