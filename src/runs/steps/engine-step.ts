import { statSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { PolderError } from '../../lib/errors.ts';
import {
  type ConfigurationFile,
  type Engine,
  type EngineResult,
  type EngineRun,
  readOutputFile,
  runEngine,
  stripAnsi,
} from '../../terraform/index.ts';
import type { RunCheckout } from '../checkouts.ts';
import type { RunDeps } from '../deps.ts';
import { cancelledOutcome, type StartedJob, type StepsResult } from '../job-context.ts';
import { noteChild } from '../job-files.ts';
import { tailFile } from '../tail-file.ts';

/** Where a job's engine works. */
export type Place = {
  readonly engine: Engine;
  readonly checkout: RunCheckout;
  /** The project's folder, absolute, inside the checkout. */
  readonly projectDir: string;
  /** The files of its root module. */
  readonly configuration: readonly ConfigurationFile[];
};

export type StepEnd =
  /** It ended by itself; `text` is what it printed, without colours, its middle cut when it is very long. */
  | { readonly kind: 'ended'; readonly code: number; readonly text: string }
  /** It was stopped or could not be started: the job ends with this. */
  | { readonly kind: 'stopped'; readonly result: StepsResult };

/** One command of the engine. */
export type EngineStep = {
  /** Names the output file. */
  readonly name: string;
  readonly place: Place;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
};

type LaunchRun = Omit<EngineRun, 'args'> & { readonly outputPath: string; readonly maxOutputBytes: number };

/** Runs one command of the engine in a job's place; what it prints goes to the job's log as it comes. */
export async function engineStep(deps: RunDeps, started: StartedJob, step: EngineStep): Promise<StepEnd> {
  return launchStep(deps, started, {
    ...step,
    launch: (run) => runEngine(deps.engineDeps, { ...run, args: step.args }),
  });
}

/** The same with another way to start the engine, for commands that may take more than one process. */
export async function launchStep(
  deps: RunDeps,
  started: StartedJob,
  step: EngineStep & { readonly launch: (run: LaunchRun) => Promise<EngineResult> },
): Promise<StepEnd> {
  const { place } = step;
  const outputPath = started.files.outputPath(step.name);
  started.writer.line(`polder: running ${shownCommand(started, step)}`);
  const from = sizeOf(outputPath);
  const ended = step.launch({
    engine: place.engine,
    cwd: place.projectDir,
    workspace: started.job.project.workspace,
    outputPath,
    maxOutputBytes: deps.settings.logMaxBytes,
    timeoutMs: deps.settings.engineTimeoutMs,
    signal: step.signal,
    killAfterMs: deps.settings.killAfterMs,
    onStart: (child) => noteChild(started.files, child),
  });
  try {
    await tailFile(outputPath, { from, maxBytes: deps.settings.logMaxBytes, ended }, (text) =>
      started.writer.write(text),
    );
  } finally {
    // Whatever becomes of the log: nobody may go on while the engine works.
    await ended.catch(() => undefined);
  }
  const result = await ended;
  return toStepEnd(deps, started, { step, result, text: printedBy(started, step.name) });
}

/** What a step printed, without colours, its middle cut when it is very long. */
export function printedBy(started: Pick<StartedJob, 'files' | 'answerMaxBytes'>, name: string): string {
  const { text } = readOutputFile(started.files.outputPath(name), started.answerMaxBytes);
  return stripAnsi(text);
}

/** The result of a job whose engine ended with an error: the reason, and what it printed. */
export function engineFailed(
  started: StartedJob,
  step: { place: Place; args: readonly string[] },
  end: { code: number; text: string },
): StepsResult {
  const message = `running '${shownCommand(started, step)}' in '${started.job.project.dir}': exit status ${end.code}`;
  return { outcome: { kind: 'failed', code: 'engine_failed', message }, output: withoutOurPaths(end.text, step.place) };
}

/** Whoever reads what went wrong finds the repository's own paths, and not where we keep it. */
function withoutOurPaths(text: string, { checkout }: Place): string {
  return text.replaceAll(`${checkout.dir}/`, '').replaceAll(checkout.dir, '.');
}

function toStepEnd(
  deps: RunDeps,
  started: StartedJob,
  end: { step: { place: Place; args: readonly string[] }; result: EngineResult; text: string },
): StepEnd {
  const { result, text } = end;
  const failed = (code: 'engine_timeout' | 'engine_failed' | 'engine_not_found', how: string): StepEnd => {
    const message = `running '${shownCommand(started, end.step)}' in '${started.job.project.dir}': ${how}`;
    return { kind: 'stopped', result: { outcome: { kind: 'failed', code, message }, output: text } };
  };
  // One that was done before the signal reached it has ended as if there had been none; 2 is a plan with changes.
  if ('code' in result && (result.code === 0 || result.code === 2)) return { kind: 'ended', code: result.code, text };
  switch (result.kind) {
    case 'ended':
      return { kind: 'ended', code: result.code, text };
    case 'cancelled':
      if (started.task.signal.aborted) throw new PolderError('task_lost');
      return { kind: 'stopped', result: { outcome: cancelledOutcome(started), output: text } };
    case 'timed_out':
      return failed(
        'engine_timeout',
        `stopped after ${Math.round(deps.settings.engineTimeoutMs / 1000)} s, its time limit`,
      );
    case 'killed':
      return failed('engine_failed', `ended by signal ${result.signal}`);
    case 'not_started':
      return failed('engine_not_found', result.reason);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The command as people may see it: without the server's own paths, and the argument that is ours alone. */
function shownCommand(started: StartedJob, step: { place: Place; args: readonly string[] }): string {
  const { place } = step;
  const shorten = (arg: string) => {
    if (arg.startsWith(started.files.dir)) return relative(started.files.dir, arg);
    return arg.startsWith(place.checkout.dir) ? relative(place.checkout.dir, arg) : arg;
  };
  const shown = step.args.filter((arg) => arg !== '-detailed-exitcode');
  return [basename(place.engine.binary), ...shown.map(shorten)].join(' ');
}
