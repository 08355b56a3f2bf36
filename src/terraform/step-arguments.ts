import type { Engine } from './types.ts';

/**
 * With it a plan tells by its exit code whether there are changes: 0 none, 1 error, 2 changes. Added by us, so people
 * are not shown it.
 */
const detailedExitCode = '-detailed-exitcode';

/**
 * `init` without questions. `upgrade` where no lock file pins the providers: then the newest allowed ones are taken.
 * Of the extra arguments those that name a default one replace it (`-input=true`, `--upgrade=false`), as Atlantis has
 * it; the others follow.
 */
export function initArgs(options: { upgrade: boolean; extraArgs?: readonly string[] }): string[] {
  const defaults = ['-input=false', ...(options.upgrade ? ['-upgrade'] : [])];
  const extra = options.extraArgs ?? [];
  const kept = defaults.filter((arg) => !extra.some((other) => flagName(other) === flagName(arg)));
  return ['init', ...kept, ...extra];
}

/** `plan` into a file. `extraArgs`: the configured ones, then those of the command; `varFile`: absolute. */
export function planArgs(options: {
  planFile: string;
  extraArgs?: readonly string[];
  varFile?: string | null;
}): string[] {
  const varFile = options.varFile == null ? [] : ['-var-file', options.varFile];
  const defaults = ['plan', '-input=false', '-refresh', detailedExitCode, '-out', options.planFile];
  return [...defaults, ...(options.extraArgs ?? []), ...varFile];
}

/**
 * `apply` of exactly the saved plan. A refusal when an argument asks for `-target`: a plan holds its targets already,
 * and the engine would plan anew.
 */
export function applyArgs(options: {
  planFile: string;
  extraArgs?: readonly string[];
}): { kind: 'args'; args: string[] } | { kind: 'refused'; message: string } {
  const extra = options.extraArgs ?? [];
  if (extra.some((arg) => flagName(arg) === 'target')) return { kind: 'refused', message: targetRefused };
  return { kind: 'args', args: ['apply', '-input=false', ...extra, options.planFile] };
}

/** `import` of one object that exists already into the state. `extraArgs`: as those of a plan. */
export function importArgs(options: { address: string; id: string; extraArgs?: readonly string[] }): string[] {
  return ['import', ...(options.extraArgs ?? []), options.address, options.id];
}

/** `state rm`: the state forgets these objects, which go on to exist. */
export function stateRmArgs(options: { addresses: readonly string[]; extraArgs?: readonly string[] }): string[] {
  return ['state', 'rm', ...(options.extraArgs ?? []), ...options.addresses];
}

const targetRefused =
  'cannot run apply with -target because we are applying an already generated plan. ' +
  'Instead, run -target with atlantis plan';

/** `show` of a saved plan as JSON, on standard output. */
export function showArgs(planFile: string): string[] {
  return ['show', '-json', planFile];
}

/**
 * The first line of an error about an engine's run, as Atlantis words it: arguments joined by blanks, without quotes.
 * `how`: such as `exit status 1`.
 */
export function describeRun(run: { engine: Engine; args: readonly string[]; cwd: string }, how: string): string {
  const shown = run.args.filter((arg) => arg !== detailedExitCode);
  return `running '${[run.engine.binary, ...shown].join(' ')}' in '${run.cwd}': ${how}`;
}

function flagName(arg: string): string | undefined {
  return /^--?([^=]+)/.exec(arg)?.[1];
}
