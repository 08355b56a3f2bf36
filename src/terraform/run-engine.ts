import { childEnvironment, type ProcessIdentity, type ProcessResult, runProcess } from '../exec/index.ts';
import type { Engine } from './types.ts';

export type EngineDeps = {
  /** The server's own environment; what children may not have is taken out here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where providers are kept for all projects; the folder exists. Null: each project downloads its own. */
  readonly pluginCacheDir: string | null;
};

/** One start of an engine in one project. */
export type EngineRun = {
  readonly engine: Engine;
  readonly args: readonly string[];
  /** The project's folder, absolute. */
  readonly cwd: string;
  /** `default`, or the one that is meant. */
  readonly workspace: string;
  /** Further variables, such as those of `env` steps. They win. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Milliseconds between asking it to stop (SIGINT) and ending it (SIGKILL), which may lose state. */
  readonly killAfterMs: number;
  readonly onStart?: (identity: ProcessIdentity) => Promise<void> | void;
};

export type EngineResult =
  | { readonly kind: 'ended'; readonly code: number; readonly durationMs: number }
  /**
   * We stopped it. `code` is null when it had to be killed; 0 means that it had done its work before the request to stop
   * reached it.
   */
  | { readonly kind: 'timed_out' | 'cancelled'; readonly code: number | null; readonly durationMs: number }
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals; readonly durationMs: number }
  | { readonly kind: 'not_started'; readonly reason: string };

/**
 * Runs an engine with its output, both streams merged, appended to a file, so that it survives our death. It asks no
 * questions: its input is empty. A non-zero exit code is a result. Past `maxOutputBytes` the middle of the file is cut
 * while the engine goes on. Throws `disk_full` and what `onStart` throws.
 */
export async function runEngine(
  deps: EngineDeps,
  run: EngineRun & { outputPath: string; maxOutputBytes?: number },
): Promise<EngineResult> {
  const maxBytes = run.maxOutputBytes === undefined ? {} : { maxBytes: run.maxOutputBytes };
  const output = { kind: 'file', path: run.outputPath, ...maxBytes } as const;
  return toEngineResult(await runProcess({ ...processOf(deps, run), output }));
}

/**
 * Runs an engine whose standard output is data (`show -json`), kept in memory apart from what it says on standard
 * error. More than `maxBytes` is `truncated`, and then no longer data.
 */
export async function captureEngine(
  deps: EngineDeps,
  run: EngineRun & { maxBytes: number },
): Promise<EngineResult & { stdout: string; stderr: string; truncated: boolean }> {
  const result = await runProcess({ ...processOf(deps, run), output: { kind: 'capture', maxBytes: run.maxBytes } });
  const { stdout, stderr, truncated } =
    result.kind === 'not_started' ? { stdout: '', stderr: '', truncated: false } : result;
  return { ...toEngineResult(result), stdout, stderr, truncated };
}

function processOf(deps: EngineDeps, run: EngineRun) {
  return {
    file: run.engine.binary,
    args: run.args,
    cwd: run.cwd,
    env: engineEnvironment(deps, run),
    killAfterMs: run.killAfterMs,
    ...(run.timeoutMs === undefined ? {} : { timeoutMs: run.timeoutMs }),
    ...(run.signal ? { signal: run.signal } : {}),
    ...(run.onStart ? { onStart: run.onStart } : {}),
  };
}

/**
 * The environment of an engine (https://developer.hashicorp.com/terraform/cli/config/environment-variables). An
 * operator's TF_CLI_ARGS, TF_LOG, TF_VAR_… and TF_CLI_CONFIG_FILE are passed on.
 */
export function engineEnvironment(
  deps: EngineDeps,
  run: Pick<EngineRun, 'engine' | 'args' | 'cwd' | 'workspace' | 'env'>,
): Record<string, string> {
  return childEnvironment(deps.env, {
    // Leaves out advice on what to type next.
    TF_IN_AUTOMATION: 'true',
    TF_INPUT: '0',
    // Says what no later one may contradict; `default` is what holds without it, and a configuration that names its own
    // HCP Terraform workspace refuses every other.
    TF_WORKSPACE: run.workspace === 'default' ? undefined : run.workspace,
    // One folder for all projects would mix their backends and providers up, and we read what `init` wrote.
    TF_DATA_DIR: undefined,
    TF_PLUGIN_CACHE_DIR: deps.env.TF_PLUGIN_CACHE_DIR ?? deps.pluginCacheDir ?? undefined,
    // No question to HashiCorp about newer versions: it costs time and, without a network, a wait.
    CHECKPOINT_DISABLE: deps.env.CHECKPOINT_DISABLE ?? '1',
    // Engines are Go programs, and one that lives for 20 ms spends a third of its processor time on collecting some
    // megabytes. Only for `init`: it starts no provider and holds little, where a plan of much would need the memory.
    ...(run.args[0] === 'init' ? { GOGC: deps.env.GOGC ?? '400' } : {}),
    // For external data sources and provisioners, as Atlantis sets them.
    WORKSPACE: run.workspace,
    DIR: run.cwd,
    ATLANTIS_TERRAFORM_VERSION: run.engine.version,
    ...run.env,
  });
}

function toEngineResult(result: ProcessResult): EngineResult {
  switch (result.kind) {
    case 'not_started':
      return { kind: 'not_started', reason: result.reason };
    case 'exited':
      return { kind: 'ended', code: result.code, durationMs: result.durationMs };
    case 'killed':
      return { kind: 'killed', signal: result.signal, durationMs: result.durationMs };
    case 'timed_out':
    case 'cancelled':
      return { kind: result.kind, code: result.code, durationMs: result.durationMs };
  }
}
