import { appendFileSync, mkdirSync, readdirSync, rmdirSync, rmSync, unlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from '../exec/index.ts';
import type { RunCheckout } from './checkouts.ts';

/** A kept state as the engine has it: the file, and the version that was put there (null: none). */
export type StateFile = { readonly path: string; readonly basedOn: number | null };

/** What a later server must know about a job that this one did not end. */
export type JobNote = {
  readonly checkout: RunCheckout;
  readonly projectDir: string;
  /** The state that Polder keeps and an apply may change; null before the apply, or when the project has a backend. */
  readonly state: StateFile | null;
};

/**
 * A job's own folder: outputs, plan file, and notes for a server that comes after a crash. The notes are for processes of
 * this machine, which a power cut ends too, so that they need not survive more than the server.
 *
 * Written and removed synchronously: each of these calls takes some microseconds, and its asynchronous form several
 * changes of thread, which for a short plan add up to more than everything else that the server does.
 */
export type JobFiles = {
  readonly dir: string;
  readonly outputPath: (step: string) => string;
  readonly planPath: string;
};

/** The folder of all of them. */
export function jobsDir(dataDir: string): string {
  return join(dataDir, 'jobs');
}

export function jobFiles(dataDir: string, jobId: number): JobFiles {
  const dir = join(jobsDir(dataDir), String(jobId));
  return { dir, outputPath: (step) => join(dir, `${step}.out`), planPath: join(dir, 'plan.tfplan') };
}

/** Makes the folder, empty and readable by the owner alone. */
export function makeJobFiles(files: JobFiles): void {
  const make = () => mkdirSync(files.dir, { recursive: true, mode: 0o700 });
  if (make() !== undefined) return;
  removeJobFiles(files);
  make();
}

/** Not with `rmSync` alone, which begins each time with what only works on files, or empty folders. */
export function removeJobFiles(files: JobFiles): void {
  try {
    for (const name of readdirSync(files.dir)) unlinkSync(join(files.dir, name));
    rmdirSync(files.dir);
  } catch {
    // An engine may have left a folder there.
    rmSync(files.dir, { recursive: true, force: true });
  }
}

export function noteJob(files: JobFiles, note: JobNote): void {
  append(files, { note });
}

/** Called as soon as a process runs for the job. */
export function noteChild(files: JobFiles, child: ProcessIdentity): void {
  append(files, { child });
}

/** What is noted last; undefined for what an earlier server did not come to write, or wrote on another machine. */
export type Notes = { readonly note?: JobNote; readonly child?: ProcessIdentity };

export async function readNotes(files: JobFiles): Promise<Notes> {
  const text = await readFile(notesPath(files), 'utf8').catch(() => '');
  return Object.assign({}, ...text.split('\n').map(parseLine)) as Notes;
}

/** One line at a time, so that no note takes an earlier one with it. */
function append(files: JobFiles, notes: Notes): void {
  appendFileSync(notesPath(files), `${JSON.stringify(notes)}\n`, { mode: 0o600 });
}

function notesPath(files: JobFiles): string {
  return join(files.dir, 'notes');
}

/** A line whose writer was killed says nothing. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}
