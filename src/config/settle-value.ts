import { resolve } from 'node:path';
import { camelCase, type OptionRow, type OptionValue } from './option.ts';

/** What defaults and relative paths depend on. */
export type Machine = { readonly hostname: string; readonly homeDir: string; readonly cwd: string };

export type SettleContext = {
  /** The rows before this one, under their camel-case names. */
  readonly values: Readonly<Record<string, OptionValue>>;
  readonly machine: Machine;
};

/**
 * The value the program works with: the default where none (undefined) or an empty one is given, paths absolute,
 * logins without `@`, choices as they are listed.
 */
export function settleValue(row: OptionRow, value: OptionValue | undefined, context: SettleContext): OptionValue {
  const given = value === undefined || isEmpty(value) || (value === 0 && isZeroDefault(row)) ? undefined : value;
  switch (row.type) {
    case 'bool':
    case 'duration':
    case 'int':
      return given ?? row.default;
    case 'list': {
      const list = (given ?? standardValue(row, context)) as readonly string[];
      return row.path ? absolutePaths(list, context.machine) : list;
    }
    case 'string':
      return settleText(row, String(given ?? standardValue(row, context)), context.machine);
  }
}

/** An absolute path; `~/` is the home folder. */
export function absolutePath(path: string, machine: Machine): string {
  return resolve(machine.cwd, path.replace(/^~(?=\/|$)/, machine.homeDir));
}

function absolutePaths(paths: readonly string[], machine: Machine): string[] {
  const written = paths.map((path) => path.trim()).filter((path) => path !== '');
  return written.map((path) => absolutePath(path, machine));
}

function settleText(row: Extract<OptionRow, { type: 'string' }>, text: string, machine: Machine): string {
  if (row.path) return text === '' ? '' : absolutePath(text, machine);
  if (row.login) return text.replace(/^@/, '');
  if (!row.anyCase) return text;
  return row.choices?.find((choice) => choice.toLowerCase() === text.toLowerCase()) ?? text;
}

function standardValue(row: Extract<OptionRow, { type: 'string' | 'list' }>, context: SettleContext): OptionValue {
  const value = (name: string) => String(context.values[camelCase(name)]);
  return row.derive?.({ hostname: context.machine.hostname, value }) ?? row.default;
}

function isZeroDefault(row: OptionRow): boolean {
  return row.type === 'int' && row.zeroIsDefault === true;
}

function isEmpty(value: OptionValue): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}
