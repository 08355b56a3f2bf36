import { extraArgsProblem, flagName } from './extra-arguments.ts';
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

/** The arguments of a command, or why it cannot be given so. */
export type StepArgs =
  | { readonly kind: 'args'; readonly args: string[] }
  | { readonly kind: 'refused'; readonly message: string };

/**
 * `plan` into a file. `extraArgs`: the configured ones, then those of the command; `varFile`: absolute. A refusal when an
 * argument asks for another file: what is applied is what was kept. How it tells of changes is ours to say. Nothing of ours
 * that does harm as the value of a flag follows, so that the engine itself answers one that it does not have.
 */
export function planArgs(options: {
  planFile: string;
  extraArgs?: readonly string[];
  varFile?: string | null;
}): StepArgs {
  const extra = options.extraArgs ?? [];
  const asksForFile = extra.some((arg) => flagName(arg) === 'out');
  const problem = asksForFile ? outRefused : extraArgsProblem('plan', extra, { anyFlag: true });
  if (problem !== undefined) return { kind: 'refused', message: problem };
  const varFile = options.varFile == null ? [] : ['-var-file', options.varFile];
  const theirs = extra.filter((arg) => flagName(arg) !== flagName(detailedExitCode));
  const defaults = ['plan', '-input=false', '-refresh', '-out', options.planFile, detailedExitCode];
  return { kind: 'args', args: [...defaults, ...theirs, ...varFile] };
}

const outRefused = 'cannot run plan with -out because the plan is kept where apply looks for it';

/**
 * `apply` of exactly the saved plan. A refusal when an argument asks for `-target`: a plan holds its targets already,
 * and the engine would plan anew.
 */
export function applyArgs(options: {
  planFile: string;
  extraArgs?: readonly string[];
  /** As comments call the server. */
  executableName: string;
}): StepArgs {
  const extra = options.extraArgs ?? [];
  const isTargeted = extra.some((arg) => flagName(arg) === 'target');
  const problem = isTargeted
    ? targetRefused(options.executableName)
    : extraArgsProblem('apply', extra, { anyFlag: false });
  if (problem !== undefined) return { kind: 'refused', message: problem };
  return { kind: 'args', args: ['apply', '-input=false', ...extra, options.planFile] };
}

/** `import` of one object that exists already into the state. `extraArgs`: as those of a plan. */
export function importArgs(options: { address: string; id: string; extraArgs?: readonly string[] }): StepArgs {
  return withExtraArgs(options.extraArgs, { command: ['import'], last: [options.address, options.id] });
}

/** `state rm`: the state forgets these objects, which go on to exist. */
export function stateRmArgs(options: { addresses: readonly string[]; extraArgs?: readonly string[] }): StepArgs {
  return withExtraArgs(options.extraArgs, { command: ['state', 'rm'], last: options.addresses });
}

function withExtraArgs(
  extraArgs: readonly string[] = [],
  { command, last }: { readonly command: readonly string[]; readonly last: readonly string[] },
): StepArgs {
  const message = extraArgsProblem(command.join(' '), extraArgs, { anyFlag: false });
  if (message !== undefined) return { kind: 'refused', message };
  return { kind: 'args', args: [...command, ...extraArgs, ...last] };
}

function targetRefused(executableName: string): string {
  const reason = 'cannot run apply with -target because we are applying an already generated plan';
  return `${reason}. Instead, run -target with ${executableName} plan`;
}

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
