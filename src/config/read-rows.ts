import { homedir, hostname } from 'node:os';
import {
  camelCase,
  environmentNames,
  type OptionRow,
  type OptionRows,
  type OptionsOf,
  type OptionValue,
} from './option.ts';
import { type Parsed, parseValue } from './parse-value.ts';
import { type Operand, parseWords } from './parse-words.ts';
import { type FileValues, readFileValues } from './read-file.ts';
import { absolutePath, type Machine, settleValue } from './settle-value.ts';
import { optionsTable } from './table/index.ts';

/** Where options are read from. */
export type OptionSources = {
  /** The words after the command's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gives the text of a file, or throws. */
  readonly readFile: (path: string) => string;
  /** This machine when absent. */
  readonly machine?: Machine;
};

export type Reading<Rows extends OptionRows> = {
  readonly kind: 'ok';
  readonly options: OptionsOf<Rows>;
  /** Names of the options that some source sets. */
  readonly given: ReadonlySet<string>;
  /** Those of them that are set to something else than what they would be anyway. */
  readonly changed: ReadonlySet<string>;
  readonly operands: readonly Operand[];
  /** The configuration file holds Atlantis' list of outgoing notifications. */
  readonly hasWebhooks: boolean;
};

export type ReadRows<Rows extends OptionRows> =
  | Reading<Rows>
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly errors: readonly string[] };

/**
 * Reads the options of `rows`: from the command line, else the environment (`POLDER_X` before `ATLANTIS_X`), else the
 * file that `--config` names, else the default. A value that cannot be understood is an error that says where it was
 * found; whether a value is allowed is left to `judgeOptions`.
 */
export function readRows<Rows extends OptionRows>(rows: Rows, sources: OptionSources): ReadRows<Rows> {
  const words = parseWords(sources.argv, rows);
  if (words.kind === 'help') return { kind: 'help' };
  if (words.kind === 'invalid') return { kind: 'invalid', errors: [words.message] };
  const machine = sources.machine ?? { hostname: hostname(), homeDir: homedir(), cwd: process.cwd() };
  const flags = words.flags;
  const file = readConfig(rows, { ...sources, flags, machine });
  const errors = [...file.errors];
  const given = new Set<string>();
  const changed = new Set<string>();
  const values: Record<string, OptionValue> = {};
  for (const [name, row] of Object.entries<OptionRow>(rows)) {
    const found = findFirst(name, row, { flags, env: sources.env }) ?? file.values.get(name);
    const standard = settleValue(row, undefined, { values, machine });
    const parsed = found ? parseFound(found, row) : { value: standard };
    if ('problem' in parsed) {
      errors.push(`--${name}: ${shown(row, found)} ${parsed.problem}${found?.where ? ` (from ${found.where})` : ''}`);
      continue;
    }
    const value = settleValue(row, parsed.value, { values, machine });
    values[camelCase(name)] = value;
    if (found) given.add(name);
    if (JSON.stringify(value) !== JSON.stringify(standard)) changed.add(name);
  }
  if (errors.length > 0) return { kind: 'invalid', errors };
  const options = values as OptionsOf<Rows>;
  return { kind: 'ok', options, given, changed, operands: words.operands, hasWebhooks: file.hasWebhooks };
}

/** A value as it is written. `where` is for messages; empty for a flag, whose name says enough. */
type Found = { readonly text: string | readonly string[]; readonly where: string };

type FlagsAndEnv = Pick<OptionSources, 'env'> & { readonly flags: ReadonlyMap<string, string> };

function findFirst(name: string, row: OptionRow, { flags, env }: FlagsAndEnv): Found | undefined {
  const flag = flags.get(name);
  if (flag !== undefined) return { text: flag, where: '' };
  if (row.flagOnly) return undefined;
  for (const variable of environmentNames(name)) {
    const text = env[variable];
    // An empty variable counts as none, as in Atlantis. So does `tcp://…` for a number: Kubernetes sets ATLANTIS_PORT
    // to that beside a service of the name (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
    const isServiceLink = row.type === 'int' && /^(tcp|udp):\/\//.test(text ?? '');
    if (text && !isServiceLink) return { text, where: variable };
  }
  return undefined;
}

function readConfig(rows: OptionRows, sources: OptionSources & FlagsAndEnv & { machine: Machine }): FileValues {
  const { config: row } = rows;
  const found = row && findFirst('config', row, sources);
  if (!found?.text) return { values: new Map(), errors: [], hasWebhooks: false };
  return readFileValues(absolutePath(String(found.text), sources.machine), optionsTable, sources.readFile);
}

function parseFound({ text }: Found, row: OptionRow): Parsed {
  return typeof text === 'string' ? parseValue(text, row) : { value: text };
}

function shown(row: OptionRow, found: Found | undefined): string {
  return row.secret ? 'the value' : JSON.stringify(found?.text);
}
