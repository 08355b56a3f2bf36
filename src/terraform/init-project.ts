import { lstat, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
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
  await forgetSelection(run.cwd);
  const before = await sizeOf(run.outputPath);
  let result = await runEngine(deps, { ...run, args });
  if (await lacksWorkspace(result, run)) {
    await truncate(run.outputPath, before);
    result = await runEngine(deps, { ...run, args, env: { ...run.env, TF_WORKSPACE: undefined } });
  }
  if (result.kind === 'ended' && result.code === 0) await selectForOthers(run.cwd, run.workspace);
  return { result, args };
}

/** A selection that came with the repository would be used where TF_WORKSPACE is not set. */
async function forgetSelection(projectDir: string): Promise<void> {
  const dataDir = join(projectDir, '.terraform');
  const found = await lstat(dataDir).catch(() => undefined);
  // A link would have us, and the engine, write wherever the repository likes.
  if (found?.isSymbolicLink()) await rm(dataDir);
  else await rm(join(dataDir, 'environment'), { force: true });
}

/** Commands that a workflow runs by itself have no TF_WORKSPACE: they find what `workspace select` would have left. */
async function selectForOthers(projectDir: string, workspace: string): Promise<void> {
  const file = join(projectDir, '.terraform', 'environment');
  // `init` chooses by itself when the backend has one workspace only.
  await rm(file, { force: true });
  if (workspace === 'default') return;
  await mkdir(join(projectDir, '.terraform'), { recursive: true });
  await writeFile(file, workspace);
}

async function lacksWorkspace(result: EngineResult, run: InitRun): Promise<boolean> {
  if (run.workspace === 'default' || result.kind !== 'ended' || result.code === 0) return false;
  const { text } = await readOutputFile(run.outputPath, 64 * 1024);
  return /currently selected workspace .* does not exist/i.test(stripAnsi(text));
}

async function sizeOf(path: string): Promise<number> {
  return lstat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
