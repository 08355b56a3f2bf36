import { nearest } from './nearest.ts';
import type { OptionRows } from './option.ts';

/** What the words of a command line say, before anybody looks at the values. */
export type Words =
  | { readonly kind: 'ok'; readonly flags: ReadonlyMap<string, string>; readonly operands: readonly Operand[] }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly message: string };

/** A word that is no flag. `after` is the flag word in front of it, for messages: the word itself may be a secret. */
export type Operand = { readonly word: string; readonly after: string | undefined };

/**
 * Reads words as pflag does (https://pkg.go.dev/github.com/spf13/pflag#hdr-Command_line_flag_syntax), which
 * `parseArgs` and the usual libraries do not: `--flag value` takes the next word whatever it looks like, a switch takes
 * a value only after `=`, the last of several wins, flags may stand between operands, and `--` ends the flags.
 * Messages name flags and never show what may be a value.
 */
export function parseWords(words: readonly string[], rows: OptionRows): Words {
  const flags = new Map<string, string>();
  const operands: Operand[] = [];
  let after: string | undefined;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      operands.push(...words.slice(at + 1).map((rest) => ({ word: rest, after: '--' })));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push({ word, after });
      continue;
    }
    const flag = parseFlag(word, words[at + 1], rows);
    if (flag.kind !== 'flag') return flag;
    if (flag.usesNext) at += 1;
    flags.set(flag.name, flag.value);
    after = `--${flag.name}`;
  }
  return { kind: 'ok', flags, operands };
}

type Flag = { kind: 'flag'; name: string; value: string; usesNext: boolean } | Exclude<Words, { kind: 'ok' }>;

function parseFlag(word: string, next: string | undefined, rows: OptionRows): Flag {
  if (!word.startsWith('--')) {
    return word[1] === 'h'
      ? { kind: 'help' }
      : invalid(`unknown shorthand flag: '${String.fromCodePoint(word.codePointAt(1) ?? 0)}'`);
  }
  const equals = word.indexOf('=');
  const name = equals === -1 ? word.slice(2) : word.slice(2, equals);
  if (name === '' || name.startsWith('-')) return invalid(`bad flag syntax: --${name}`);
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
  if (!row) return name === 'help' ? { kind: 'help' } : invalid(unknownFlag(name, rows));
  if (equals !== -1) return { kind: 'flag', name, value: word.slice(equals + 1), usesNext: false };
  if (row.type === 'bool') return { kind: 'flag', name, value: 'true', usesNext: false };
  if (next === undefined) return invalid(`flag needs an argument: --${name}`);
  return { kind: 'flag', name, value: next, usesNext: true };
}

function unknownFlag(name: string, rows: OptionRows): string {
  const suggestion = nearest(name, Object.keys(rows));
  return `unknown flag: --${name}${suggestion === undefined ? '' : `; did you mean --${suggestion}?`}`;
}

function invalid(message: string): { kind: 'invalid'; message: string } {
  return { kind: 'invalid', message };
}
