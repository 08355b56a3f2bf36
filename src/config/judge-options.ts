import { camelCase, type OptionRow, type OptionRows, type OptionValue } from './option.ts';
import type { Reading } from './read-rows.ts';

type Values = Readonly<Record<string, OptionValue>>;

/** Judges what the named options are set to, in that order. Defaults are not judged: nobody wrote them. */
export function judgeOptions<Rows extends OptionRows>(
  rows: Rows,
  reading: Pick<Reading<Rows>, 'options' | 'changed'>,
  names: readonly string[] = Object.keys(rows),
): string[] {
  const values: Values = reading.options;
  return names.flatMap((name) => {
    const row = rows[name];
    const value = values[camelCase(name)];
    if (!row || value === undefined || !reading.changed.has(name)) return [];
    return judgeValue(name, row, value) ?? [];
  });
}

/** What a row has against its value, or undefined. The message names the flag and shows no secret. */
function judgeValue(name: string, row: OptionRow, value: OptionValue): string | undefined {
  switch (row.type) {
    case 'bool':
      return undefined;
    case 'duration':
      return row.min !== undefined && Number(value) < row.min
        ? `--${name}: the least is ${row.min / 1000}s`
        : undefined;
    case 'int':
      return rangeProblem(name, row, Number(value)) ?? row.check?.(Number(value));
    case 'list':
      return row.check?.(value as readonly string[]);
    case 'string':
      return choiceProblem(name, row, String(value)) ?? row.check?.(String(value));
  }
}

function rangeProblem(name: string, row: { min?: number; max?: number }, value: number): string | undefined {
  if (row.min !== undefined && value < row.min) return `--${name}: ${value} is too small, the least is ${row.min}`;
  if (row.max !== undefined && value > row.max) return `--${name}: ${value} is too large, the most is ${row.max}`;
  return undefined;
}

type Choosing = { readonly choices?: readonly string[]; readonly choicesMessage?: string };

function choiceProblem(name: string, row: Choosing, value: string): string | undefined {
  if (!row.choices || row.choices.includes(value)) return undefined;
  return row.choicesMessage ?? `invalid --${name}: must be one of [${row.choices.join(' ')}]`;
}
