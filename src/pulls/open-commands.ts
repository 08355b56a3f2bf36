import type { DbHandle } from '../db/index.ts';
import type { Repo } from '../repos/index.ts';
import { selectOpenCommands } from './command-store.ts';
import { selectPull } from './pull-store.ts';

export type OpenCommand = {
  readonly kind: string;
  readonly state: 'queued' | 'running';
  /** What carries it out; null until there is a run. */
  readonly runId: number | null;
};

/** What a pull request's commands are that have not ended, in the order in which they are carried out. */
export async function listOpenCommands(db: DbHandle, repo: Repo, number: number): Promise<OpenCommand[]> {
  const pull = await selectPull(db, repo, number);
  const commands = pull ? await selectOpenCommands(db, pull.id) : [];
  return commands.map(({ kind, state, runId }) => ({ kind, state: state === 'running' ? 'running' : 'queued', runId }));
}
