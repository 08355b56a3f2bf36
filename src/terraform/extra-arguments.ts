import { posix } from 'node:path';

/** Those of the engines' flags that take no value, or one after `=` only: Go's boolean flags, https://pkg.go.dev/flag. */
const switches: ReadonlySet<string> = new Set([
  'allow-deferral',
  'allow-missing',
  'allow-missing-config',
  'auto-approve',
  'compact-warnings',
  'concise',
  'consolidate-errors',
  'consolidate-warnings',
  'destroy',
  'detailed-exitcode',
  'dry-run',
  'ignore-remote-version',
  'input',
  'json',
  'lock',
  'no-color',
  'refresh',
  'refresh-only',
  'suppress-forget-errors',
]);

/** With one of them, wherever it stands, the engines print a text and do nothing, which looks like success. */
const textsOnly: ReadonlySet<string> = new Set(['-h', '-help', '--help', '-v', '-version', '--version']);

/** Of OpenTofu: with it values are printed that are marked as sensitive. */
const showsSecrets = 'show-sensitive';

/** Each names a state, which is where the next command looks for it, or is lost. */
const stateFlags: ReadonlySet<string> = new Set(['state', 'state-out', 'backup']);

/** Each names a file or folder to read or write. Files of variables have rules of their own: `--var-file-allowlist`. */
const pathFlags: ReadonlySet<string> = new Set([
  'config',
  'exclude-file',
  'generate-config-out',
  'json-into',
  'target-file',
]);

/** Flags of the engines that take the next word for their value where they have none of their own. */
const valued: ReadonlySet<string> = new Set([
  ...pathFlags,
  'backend-config',
  'exclude',
  'from-module',
  'lock-timeout',
  'parallelism',
  'plugin-dir',
  'replace',
  'target',
  'test-directory',
  'var',
  'var-file',
]);

/**
 * Why the engine is not given these arguments of a person, whatever the command; undefined when it may have them. What
 * follows them is ours, such as the plan that is to be applied: none of them may take it for its value. Where nothing
 * does harm as a value, `anyFlag` lets a flag come last of which nothing is known, so that the engine says that it has none.
 */
export function extraArgsProblem(
  command: string,
  extraArgs: readonly string[],
  { anyFlag }: { readonly anyFlag: boolean },
): string | undefined {
  const text = extraArgs.find((arg) => textsOnly.has(arg));
  if (text !== undefined) return `cannot run ${command} with ${text} because it would do nothing else`;
  const secret = extraArgs.find((arg) => flagName(arg) === showsSecrets);
  if (secret !== undefined) {
    return `cannot run ${command} with ${withoutValue(secret)} because whoever reads the comments would see what is secret`;
  }
  const state = extraArgs.find((arg) => stateFlags.has(flagName(arg) ?? ''));
  if (state !== undefined) {
    return `cannot run ${command} with ${withoutValue(state)} because states are kept where the next command looks for them`;
  }
  const outside = extraArgs.find((arg, at) => pathFlags.has(flagName(arg) ?? '') && leadsOut(arg, extraArgs[at + 1]));
  if (outside !== undefined) {
    return `cannot run ${command} with a ${withoutValue(outside)} that leads out of the project's folder`;
  }
  const last = extraArgs.at(-1) ?? '';
  const name = flagName(last);
  if (name === undefined || switches.has(name) || last.includes('=')) return undefined;
  const asks = `cannot run ${command} with ${last} at the end`;
  if (valued.has(name) || name.startsWith('-')) return `${asks} because it needs a value: write ${last}=<value>`;
  return anyFlag ? undefined : `${asks} because it is not known to take no value: write ${last}=<value>`;
}

/** The name of a flag as the engines read it, with one dash or two; undefined for what is none. */
export function flagName(arg: string): string | undefined {
  return /^--?([^=]+)/.exec(arg)?.[1];
}

function withoutValue(arg: string): string {
  return arg.split('=', 1)[0] ?? arg;
}

function leadsOut(arg: string, next: string | undefined): boolean {
  const path = posix.normalize(arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : (next ?? ''));
  return posix.isAbsolute(path) || path === '..' || path.startsWith('../');
}
