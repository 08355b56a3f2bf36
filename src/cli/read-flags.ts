import { readFileSync } from 'node:fs';
import { type CommandOptions, type OptionRows, readCommandOptions, renderRowsHelp } from '../config/index.ts';
import type { CliContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';

/** What a command takes, for its reader and for its help. */
export type CommandForm<Rows extends OptionRows> = {
  /** Such as `polder token revoke <name or id> [flags]`. */
  readonly usage: string;
  readonly description: string;
  readonly rows: Rows;
  /** How many words that are no flags it takes. */
  readonly operands: number;
};

/** The command goes on with its flags, or has ended: help was asked for and given, or an error was told. */
export type ReadFlags<Rows extends OptionRows> =
  | Extract<CommandOptions<Rows>, { kind: 'ok' }>
  | { readonly kind: 'ended'; readonly code: number };

/** The flag that commands with a result share. */
export const jsonFlag = {
  json: { type: 'bool', default: false, status: 'built', flagOnly: true, help: 'Print JSON, for programs.' },
} as const satisfies OptionRows;

export function readFlags<Rows extends OptionRows>(context: CliContext, form: CommandForm<Rows>): ReadFlags<Rows> {
  const reading = readCommandOptions(form.rows, { argv: context.words, env: context.env, readFile: readText });
  if (reading.kind === 'help') {
    context.write(commandHelp(form));
    return { kind: 'ended', code: exitCodes.ok };
  }
  if (reading.kind === 'invalid') return refuse(context, reading.errors);
  if (reading.operands.length !== form.operands) return refuse(context, [`usage: ${form.usage}`]);
  return reading;
}

/** Tells what is wrong with the words and ends the command. */
export function refuse(
  context: CliContext,
  errors: readonly string[],
): { readonly kind: 'ended'; readonly code: number } {
  for (const error of errors) context.complain(error);
  return { kind: 'ended', code: exitCodes.usage };
}

export function commandHelp(form: Pick<CommandForm<OptionRows>, 'usage' | 'description' | 'rows'>): string {
  return `${form.description}\n\nUsage: ${form.usage}\n\nFlags:\n${renderRowsHelp(form.rows)}`;
}

export function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
