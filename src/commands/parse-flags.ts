import { quoted, quotedFirst, shown } from './shown-text.ts';

/** A flag of a comment command. */
export type Flag = {
  readonly name: string;
  /** One letter; null when there is only the long form. */
  readonly shorthand: string | null;
  readonly takes: 'text' | 'nothing';
  readonly help: string;
};

export type ParsedFlags =
  | {
      readonly kind: 'ok';
      /** By name, the last of several; `true` and `false` for one that takes nothing. */
      readonly values: ReadonlyMap<string, string>;
      /** Words in front of `--` that are no flags. */
      readonly args: readonly string[];
      /** Words after `--`. */
      readonly extraArgs: readonly string[];
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly message: string };

/**
 * Reads the words of a command as https://pkg.go.dev/github.com/spf13/pflag does, with its messages: `-d x`, `-dx`,
 * `-d=x`, `--dir x` and `--dir=x` are the same, a flag that takes text takes the next word whatever it looks like, one
 * that takes nothing takes a value only after `=`, flags may stand between arguments, and `--` ends them.
 */
export function parseFlags(words: readonly string[], flags: readonly Flag[]): ParsedFlags {
  const values = new Map<string, string>();
  const args: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') return { kind: 'ok', values, args, extraArgs: words.slice(at + 1) };
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      continue;
    }
    const read = word.startsWith('--') ? readLong(word, words[at + 1], flags) : readShort(word, words[at + 1], flags);
    if (read.kind !== 'value') return read;
    if (read.usesNext) at += 1;
    values.set(read.name, read.value);
  }
  return { kind: 'ok', values, args, extraArgs: [] };
}

/** Terraform's flags are Go's, which take `-x` and `--x` for the same: https://pkg.go.dev/flag. */
export function withOneDash(flag: string): string {
  return flag.startsWith('--') ? flag.slice(1) : flag;
}

type Read =
  | { readonly kind: 'value'; readonly name: string; readonly value: string; readonly usesNext: boolean }
  | Exclude<ParsedFlags, { kind: 'ok' }>;

function readLong(word: string, next: string | undefined, flags: readonly Flag[]): Read {
  const equals = word.indexOf('=');
  const name = equals === -1 ? word.slice(2) : word.slice(2, equals);
  if (name === '' || name.startsWith('-')) return invalid(`bad flag syntax: ${shown(word)}`);
  const flag = flags.find((candidate) => candidate.name === name);
  if (!flag) return name === 'help' ? { kind: 'help' } : invalid(`unknown flag: --${shown(name)}`);
  if (equals !== -1) return value(flag, word.slice(equals + 1));
  if (flag.takes === 'nothing') return value(flag, 'true');
  if (next === undefined) return invalid(`flag needs an argument: --${name}`);
  return { kind: 'value', name, value: next, usesNext: true };
}

/** Letters cannot be put together here: each that there is takes text, which is then the rest of the word. */
function readShort(word: string, next: string | undefined, flags: readonly Flag[]): Read {
  const flag = flags.find((candidate) => candidate.shorthand === word[1]);
  if (!flag) {
    if (word[1] === 'h') return { kind: 'help' };
    return invalid(`unknown shorthand flag: ${quotedFirst(word.slice(1))} in ${shown(word)}`);
  }
  const rest = word.slice(2);
  // A lone `=` is the value itself, as in pflag.
  if (rest !== '') return value(flag, rest.length > 1 && rest.startsWith('=') ? rest.slice(1) : rest);
  if (next === undefined) return invalid(`flag needs an argument: ${quotedFirst(word.slice(1))} in ${word}`);
  return { kind: 'value', name: flag.name, value: next, usesNext: true };
}

function value({ name, takes }: Flag, written: string): Read {
  if (takes === 'text') return { kind: 'value', name, value: written, usesNext: false };
  const truth = truths.get(written);
  if (truth === undefined) {
    const text = quoted(written);
    return invalid(`invalid argument ${text} for "--${name}" flag: strconv.ParseBool: parsing ${text}: invalid syntax`);
  }
  return { kind: 'value', name, value: String(truth), usesNext: false };
}

/** https://pkg.go.dev/strconv#ParseBool */
const truths: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
]);

function invalid(message: string): Read {
  return { kind: 'invalid', message };
}
