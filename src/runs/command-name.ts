import type { CommandKind } from '../commands/index.ts';
import { PolderError } from '../lib/errors.ts';
import type { ChangingCommand, Run } from './types.ts';

/** A command as people write it. */
export function commandName(kind: CommandKind): string {
  return kind === 'state_rm' ? 'state rm' : kind;
}

/** The command of a run whose job is past its point of no return. */
export function changingCommand({ id, kind }: Pick<Run, 'id' | 'kind'>): ChangingCommand {
  if (kind === 'plan' || kind === 'version')
    throw new PolderError('internal', `run ${id} is a ${kind}: it changes no state`);
  return kind;
}
