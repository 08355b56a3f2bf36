import { posix } from 'node:path';
import { withOneDash } from './parse-flags.ts';
import { fenced, shown } from './shown-text.ts';

/** Absolute folders: from which variable files may be taken, and one within them from which none may. */
export type VarFileRules = { readonly allowlist: readonly string[]; readonly except: string };

/**
 * The reply to extra arguments that name a variable file outside the project's folder and outside the folders of
 * `--var-file-allowlist`, or undefined when there is none. Every spelling that Terraform takes counts: `-var-file x`,
 * `--var-file=x`, and text that only could be one.
 *
 * Looks at the text alone. A symbolic link that is committed to the repository leads where it leads, as it does for
 * Terraform's own `file()`; what may be read on the machine is up to the account that the server runs under.
 */
export function checkVarFiles(extraArgs: readonly string[], rules: VarFileRules): string | undefined {
  const outside = varFiles(extraArgs).find((path) => !isAllowed(posix.normalize(path), rules));
  if (outside === undefined) return undefined;
  const listed = rules.allowlist.join(', ');
  return fenced(`var file path ${shown(outside)} is not allowed by the current allowlist: [${listed}]`);
}

function varFiles(extraArgs: readonly string[]): string[] {
  return extraArgs.flatMap((arg, at) => {
    const flag = withOneDash(arg);
    if (flag.startsWith('-var-file=')) return [flag.slice('-var-file='.length)];
    const next = extraArgs[at + 1];
    return flag === '-var-file' && next !== undefined ? [next] : [];
  });
}

function isAllowed(path: string, { allowlist, except }: VarFileRules): boolean {
  if (!posix.isAbsolute(path)) return path !== '..' && !path.startsWith('../') && !path.startsWith('~');
  return !isWithin(except, path) && allowlist.some((folder) => isWithin(folder, path));
}

function isWithin(folder: string, path: string): boolean {
  if (!posix.isAbsolute(folder)) return false;
  const below = posix.relative(folder, path);
  return below !== '..' && !below.startsWith('../');
}
