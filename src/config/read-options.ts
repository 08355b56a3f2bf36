import { allowableCommands } from './checks.ts';
import { judgeOptions } from './judge-options.ts';
import { camelCase, type OptionRows, type OptionsOf, type OptionValue } from './option.ts';
import { type OptionSources, type Reading, readRows } from './read-rows.ts';
import { startUpOrder } from './server-rules.ts';
import { type Options, optionsTable } from './table/index.ts';
import { refuseUnbuilt, warnUnbuilt } from './unbuilt.ts';

type Table = typeof optionsTable;

export type ReadOptions<Own extends OptionRows = OptionRows> =
  | {
      readonly kind: 'ok';
      readonly options: Options;
      /** The flags that the command has besides. */
      readonly own: OptionsOf<Own>;
      readonly warnings: readonly string[];
    }
  /** Somebody wrote `--help`. */
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly errors: readonly string[] };

/**
 * Reads and judges the options of the server. Either all of them are good, or all that cannot be read are told, or, when
 * all can, all that are not allowed. Each error names the flag, and none holds the value of a secret option. `own` are
 * flags that a command takes besides; each is `flagOnly`.
 */
export function readOptions<Own extends OptionRows>(sources: OptionSources, own?: Own): ReadOptions<Own> {
  const reading = readRows({ ...optionsTable, ...own }, sources);
  if (reading.kind !== 'ok') return reading;
  const stray = reading.operands[0];
  if (stray) return { kind: 'invalid', errors: [strayWord(stray.after)] };
  const errors = [...judge(reading), ...refuseUnbuilt(optionsTable, reading.changed)];
  if (errors.length > 0) return { kind: 'invalid', errors };
  const warnings = [...warnAboutValues(reading), ...warnUnbuilt(optionsTable, reading.changed, reading.hasWebhooks)];
  // The rows of both tables were read at once, which the types of a sum of tables cannot say.
  const ownOptions = reading.options as unknown as OptionsOf<Own>;
  return { kind: 'ok', options: finish(reading), own: ownOptions, warnings };
}

function judge(reading: Reading<Table>): string[] {
  const named = startUpOrder.filter((entry) => typeof entry === 'string');
  const rest = Object.keys(optionsTable).filter((name) => !named.some((other) => other === name));
  const first = startUpOrder.flatMap((entry) =>
    typeof entry === 'string' ? judgeOptions(optionsTable, reading, [entry]) : entry(reading),
  );
  return [...first, ...judgeOptions(optionsTable, reading, rest)];
}

function warnAboutValues(reading: Reading<Table>): string[] {
  const values: Readonly<Record<string, OptionValue>> = reading.options;
  const warnings: string[] = [];
  for (const [name, row] of Object.entries(optionsTable)) {
    const isSingleLine = 'secret' in row && !('multiline' in row);
    if (isSingleLine && String(values[camelCase(name)]).includes('\n')) {
      warnings.push(`--${name} contains a newline which is usually unintentional`);
    }
    if ('deprecated' in row && reading.given.has(name)) {
      warnings.push(`--${name} is deprecated: use ${row.deprecated}`);
    }
  }
  return warnings;
}

/** Puts values into the one form that the rest of the program expects. */
function finish({ options, given }: Reading<Table>): Options {
  const { tfDistribution, defaultTfDistribution } = options;
  const distribution =
    given.has('default-tf-distribution') || tfDistribution === '' ? defaultTfDistribution : tfDistribution;
  return {
    ...options,
    atlantisUrl: options.atlantisUrl.replace(/\/+$/, ''),
    // As a pattern, nothing is the folder itself and all that is in it: a comma at the end does not mean that.
    autoplanFileList: options.autoplanFileList.filter((pattern) => pattern.trim() !== ''),
    allowCommands: options.allowCommands.includes('all') ? allowableCommands : options.allowCommands,
    defaultTfDistribution: distribution,
    tfDistribution: distribution,
  };
}

/** The word itself is not shown: after a secret with a blank in it and no quotes, it is half of the secret. */
function strayWord(after: string | undefined): string {
  const place = after === undefined ? 'at the beginning' : `after ${after}`;
  return `unexpected argument ${place}: write values as --flag value or --flag=value, and switch off with --flag=false`;
}
