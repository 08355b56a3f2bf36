/** What a row may look at when it works out a default that depends on other rows or on the machine. */
export type DefaultSource = {
  readonly hostname: string;
  /** The value of an earlier row that is a string or a number, as text. */
  readonly value: (name: string) => string;
};

/**
 * How far a row is honoured.
 * - `built`: the program does what the row says.
 * - `later`: accepted and named in one start-up warning, since nothing would go wrong without it.
 * - `protects`: the operator counts on it to keep something from happening, and it is not enforced yet: the server
 *   does not start.
 */
type Status = { readonly status: 'built' } | { readonly status: 'later' | 'protects'; readonly why: string };

type Common = {
  /** One sentence for people; Markdown's backquotes allowed. */
  readonly help: string;
  /** What help shows where the default is worked out, or needs a unit. */
  readonly shownDefault?: string;
  /** Never shown in a message. */
  readonly secret?: true;
  /** What to use instead. Such a row is left out of `--help`. */
  readonly deprecated?: string;
  /** An argument without which the command cannot do anything. */
  readonly required?: true;
  /** Not read from the environment or the configuration file: an argument of one command. */
  readonly flagOnly?: true;
};

type Check<T> = {
  /** Undefined when the value is accepted, else a message that names the flag and holds no secret. */
  readonly check?: (value: T) => string | undefined;
};

type TextRow = Check<string> & {
  readonly type: 'string';
  readonly default: string;
  readonly choices?: readonly string[];
  /** The whole message for a value that is not among `choices`. */
  readonly choicesMessage?: string;
  /** `choices` are compared without regard to case; the value becomes the choice. */
  readonly anyCase?: true;
  /** A file or folder: `~/` is expanded and the path made absolute. */
  readonly path?: true;
  /** A login: one leading `@` is removed. */
  readonly login?: true;
  /** Line breaks are usual in it. */
  readonly multiline?: true;
  readonly derive?: (source: DefaultSource) => string;
};

type BoolRow = { readonly type: 'bool'; readonly default: boolean };

type IntRow = Check<number> & {
  readonly type: 'int';
  readonly default: number;
  /** Zero means the default, as in Atlantis. */
  readonly zeroIsDefault?: true;
  readonly min?: number;
  readonly max?: number;
};

type ListRow = Check<readonly string[]> & {
  readonly type: 'list';
  readonly default: readonly string[];
  /** Files or folders, each as for a text. */
  readonly path?: true;
  readonly derive?: (source: DefaultSource) => readonly string[];
};

/** Written like `4h` or `1h30m`; the value is in milliseconds. */
type DurationRow = { readonly type: 'duration'; readonly default: number; readonly min?: number };

/** One option: everything the parser, the help and the manual know about it. */
export type OptionRow = Common & Status & (TextRow | BoolRow | IntRow | ListRow | DurationRow);

/** Options by flag name, without the dashes. */
export type OptionRows = Readonly<Record<string, OptionRow>>;

/** A value as the program gets it. */
export type OptionValue = string | boolean | number | readonly string[];

type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

type ValueOf<Row> = Row extends { type: 'bool' }
  ? boolean
  : Row extends { type: 'int' | 'duration' }
    ? number
    : Row extends { type: 'list' }
      ? readonly string[]
      : Row extends { choices: readonly (infer Choice)[] }
        ? Choice
        : string;

/** The record that a group of rows is read into: `data-dir` becomes `dataDir`. */
export type OptionsOf<Rows extends OptionRows> = {
  readonly [Name in keyof Rows & string as CamelCase<Name>]: ValueOf<Rows[Name]>;
};

/** `data-dir` → `dataDir`. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The environment variables of an option, the one that wins first. */
export function environmentNames(name: string): readonly [polder: string, atlantis: string] {
  const suffix = name.toUpperCase().replaceAll('-', '_');
  return [`POLDER_${suffix}`, `ATLANTIS_${suffix}`];
}
