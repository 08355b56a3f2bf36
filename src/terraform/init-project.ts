import { lstatSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripAnsi } from './output.ts';
import { readOutputFile } from './read-output-file.ts';
import { type EngineDeps, type EngineResult, type EngineRun, runEngine } from './run-engine.ts';
import { initArgs } from './step-arguments.ts';

export type InitRun = Omit<EngineRun, 'args'> & {
  readonly outputPath: string;
  readonly maxOutputBytes?: number;
  readonly upgrade: boolean;
  readonly extraArgs?: readonly string[];
};

/**
 * `init` for one workspace, new or not, in one process in the usual case. Afterwards every run with that workspace
 * works in it: TF_WORKSPACE chooses, and a `plan` makes a workspace that is missing, whatever the backend. So
 * `workspace show`, `select` and `new` are never needed.
 *
 * The one exception: a backend that has other workspaces than `default` but not this one makes `init` stop with
 * `Currently selected workspace "x" does not exist`. It is then run again without a choice, which is safe: a workspace
 * that does not exist has no state, thus needs no provider beyond the configuration's. TF_WORKSPACE is set for the
 * first try all the same, since `init` also installs what the state of the chosen workspace needs.
 *
 * `args` are those of the run that counts.
 */
export async function initProject(deps: EngineDeps, run: InitRun): Promise<{ result: EngineResult; args: string[] }> {
  const args = initArgs({ upgrade: run.upgrade, extraArgs: run.extraArgs ?? [] });
  forgetSelection(run.cwd);
  const before = sizeOf(run.outputPath);
  let result = await runEngine(deps, { ...run, args });
  if (lacksWorkspace(result, run)) {
    truncateSync(run.outputPath, before);
    result = await runEngine(deps, { ...run, args, env: { ...run.env, TF_WORKSPACE: undefined } });
  }
  if (result.kind === 'ended' && result.code === 0) selectForOthers(run.cwd, run.workspace);
  return { result, args };
}

/** A selection that came with the repository would be used where TF_WORKSPACE is not set. */
function forgetSelection(projectDir: string): void {
  const dataDir = join(projectDir, '.terraform');
  const found = lstatSync(dataDir, { throwIfNoEntry: false });
  // A link would have us, and the engine, write wherever the repository likes.
  if (found?.isSymbolicLink()) rmSync(dataDir);
  else rmSync(join(dataDir, 'environment'), { force: true });
}

/** Commands that a workflow runs by itself have no TF_WORKSPACE: they find what `workspace select` would have left. */
function selectForOthers(projectDir: string, workspace: string): void {
  const file = join(projectDir, '.terraform', 'environment');
  // `init` chooses by itself when the backend has one workspace only.
  rmSync(file, { force: true });
  if (workspace === 'default') return;
  mkdirSync(join(projectDir, '.terraform'), { recursive: true });
  writeFileSync(file, workspace);
}

function lacksWorkspace(result: EngineResult, run: InitRun): boolean {
  if (run.workspace === 'default' || result.kind !== 'ended' || result.code === 0) return false;
  const { text } = readOutputFile(run.outputPath, 64 * 1024);
  return /currently selected workspace .* does not exist/i.test(stripAnsi(text));
}

function sizeOf(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
