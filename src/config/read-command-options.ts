import { judgeOptions } from './judge-options.ts';
import type { OptionRows, OptionsOf } from './option.ts';
import { type OptionSources, readRows } from './read-rows.ts';

export type CommandOptions<Rows extends OptionRows> =
  | { readonly kind: 'ok'; readonly options: OptionsOf<Rows>; readonly operands: readonly string[] }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly errors: readonly string[] };

/**
 * Reads the options of a command other than `server`: rows of its own, and those of the server's table that it shares,
 * which keep their variables and their place in the configuration file.
 */
export function readCommandOptions<Rows extends OptionRows>(rows: Rows, sources: OptionSources): CommandOptions<Rows> {
  const reading = readRows(rows, sources);
  if (reading.kind !== 'ok') return reading;
  const missing = Object.entries(rows).filter(([name, row]) => row.required && !reading.changed.has(name));
  const errors = [...missing.map(([name]) => `--${name} must be set`), ...judgeOptions(rows, reading)];
  if (errors.length > 0) return { kind: 'invalid', errors };
  return { kind: 'ok', options: reading.options, operands: reading.operands.map(({ word }) => word) };
}
