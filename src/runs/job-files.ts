import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
export async function makeJobFiles(files: JobFiles): Promise<void> {
  await rm(files.dir, { recursive: true, force: true });
  await mkdir(files.dir, { recursive: true, mode: 0o700 });
}

export async function removeJobFiles(files: JobFiles): Promise<void> {
  await rm(files.dir, { recursive: true, force: true });
}

export async function noteJob(files: JobFiles, note: JobNote): Promise<void> {
  await writeNote(files, 'job.json', note);
}

/** Called as soon as a process runs for the job. */
export async function noteChild(files: JobFiles, child: ProcessIdentity): Promise<void> {
  await writeNote(files, 'child.json', child);
}

/** The notes an earlier server left; undefined for what it did not come to write, or wrote on another machine. */
export async function readNotes(
  files: JobFiles,
): Promise<{ note: JobNote | undefined; child: ProcessIdentity | undefined }> {
  const note = await readNote<JobNote>(files, 'job.json');
  return { note, child: await readNote<ProcessIdentity>(files, 'child.json') };
}

async function writeNote(files: JobFiles, name: string, note: object): Promise<void> {
  const path = join(files.dir, name);
  await writeFile(`${path}.new`, JSON.stringify(note), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

async function readNote<T>(files: JobFiles, name: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(join(files.dir, name), 'utf8')) as T;
  } catch {
    return undefined;
  }
}
