import { posix } from 'node:path';
import { RE2JS, RE2JSException } from 're2js';
import { compileGlob, isGlob } from './glob.ts';

/*
 * What single values may be. Each rule answers with the reason why not, or undefined; the texts are Atlantis's where it
 * has one (https://www.runatlantis.io/docs/repo-level-atlantis-yaml).
 */

export type Rule = (value: string) => string | undefined;

/** Text in double quotes, as messages show values. */
export function quoted(value: string): string {
  return JSON.stringify(value);
}

/** A folder as Polder writes it: relative to the root of the repo, `.` for the root, no slash at the end. */
export function cleanDir(dir: string): string {
  const cleaned = posix.normalize(dir).replace(/^\/+/, '').replace(/\/+$/, '');
  return cleaned === '' ? '.' : cleaned;
}

export const dirRule: Rule = (dir) => {
  if (dir.trim() === '') return 'cannot be blank';
  if (dir.includes('..')) return "cannot contain '..'";
  if (/[\\\p{Cc}]/u.test(dir)) return "cannot contain '\\' or control characters";
  if (isGlob(dir) && !compileGlob(cleanDir(dir))) return `invalid glob pattern ${quoted(dir)}`;
  return undefined;
};

export const nameRule: Rule = (name) => {
  if (name === '') return 'if set cannot be empty';
  if (isGlob(name)) {
    return "cannot contain glob pattern characters ('*', '?', '['); glob expansion is only supported in the 'dir' field";
  }
  if (!/^[\w.~/-]+$/.test(name)) return `${quoted(name)} is not allowed: must contain only URL safe characters`;
  return undefined;
};

/** For Terraform workspaces wherever they are named. Empty is allowed, and means `default`. */
export const workspaceRule: Rule = (workspace) => {
  if (/[/\\]/.test(workspace)) return "cannot contain '/' or '\\'";
  if (workspace.includes('..')) return "cannot contain '..'";
  if (workspace === '.') return "cannot be '.'";
  if (workspace.startsWith('-')) return "cannot start with '-'";
  if (workspace.startsWith('~')) return "cannot start with '~'";
  if (workspace.includes('$')) return "cannot contain '$'";
  if (/[\s\p{Cc}]/u.test(workspace)) return 'cannot contain whitespace or control characters';
  // It becomes the name of a folder, which no common file system lets be longer.
  if (Buffer.byteLength(workspace) > 255) return 'cannot be longer than 255 bytes';
  return undefined;
};

/** `/expression/`, matched anywhere in the base branch, in the syntax of https://github.com/google/re2/wiki/Syntax. */
export const branchRule: Rule = (branch) => {
  if (branch === '') return undefined;
  if (branch.length < 2 || !branch.startsWith('/') || !branch.endsWith('/')) {
    return "regex must begin and end with a slash '/'";
  }
  try {
    RE2JS.compile(branch.slice(1, -1));
    return undefined;
  } catch (error) {
    if (error instanceof RE2JSException) return `parsing: ${branch}: ${error.message}`;
    throw error;
  }
};

// As https://pkg.go.dev/github.com/hashicorp/go-version reads it: up to three numbers, then pre-release, then metadata.
const version =
  /^v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:-?([A-Za-z][\w~.-]*|(?<=-)\d[\w~.-]*))?(?:\+[\w~.-]+)?$/;

export const terraformVersionRule: Rule = (written) =>
  version.test(written) ? undefined : `version ${quoted(written)} could not be parsed: malformed version: ${written}`;

/** A version that passes the rule, with all three numbers and without `v`. */
export function cleanVersion(written: string): string {
  const [, major, minor, patch, prerelease] = version.exec(written) ?? [];
  const numbers = [major, minor ?? '0', patch ?? '0'].map(Number).join('.');
  return prerelease === undefined ? numbers : `${numbers}-${prerelease}`;
}

export const ignorePathRule: Rule = (pattern) => {
  if (pattern.startsWith('/')) return "pattern must not begin with a slash '/'";
  return compileGlob(pattern) ? undefined : `invalid pattern: ${pattern}`;
};

/** One of a few words; `text` is what to say of any other. */
export function wordRule(words: readonly string[], text: (value: string) => string): Rule {
  return (value) => (words.includes(value) ? undefined : text(value));
}
