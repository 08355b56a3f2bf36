import { describe, expect, it } from 'vitest';
import { recorded } from '../../test/support/comment-language.ts';
import { flagTable } from './flag-table.ts';
import { grammars } from './grammar.ts';
import { parseFlags } from './parse-flags.ts';

type Row = {
  readonly command: string;
  readonly words: readonly string[];
  readonly values?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly extra?: readonly string[];
  readonly error?: string;
};

function flagsOf(command: string) {
  return grammars.find(({ name }) => name === command)?.flags ?? [];
}

function outcome({ command, words }: Row) {
  const parsed = parseFlags(words, flagsOf(command));
  if (parsed.kind === 'help') return { error: 'pflag: help requested' };
  if (parsed.kind === 'invalid') return { error: parsed.message };
  return { values: Object.fromEntries(parsed.values), args: parsed.args, extra: parsed.extraArgs };
}

describe('parseFlags', () => {
  it('reads each recorded list of words as the Go library does', () => {
    const rows = recorded<Row>('flags');
    const theirs = rows.map(({ values = {}, args = [], extra = [], error, ...row }) => ({
      ...row,
      // What cannot be printed is not echoed.
      outcome: error === undefined ? { values, args, extra } : { error: error.replace('in -\x1b', 'in -\\x1b') },
    }));
    const ours = rows.map((row) => ({ command: row.command, words: row.words, outcome: outcome(row) }));
    expect(ours).toEqual(theirs);
    expect(rows.length).toBeGreaterThan(300);
  });

  it('refuses the flags of Go test programs, which pflag passes over', () => {
    const message = "unknown shorthand flag: 't' in -test.v";
    expect(parseFlags(['-test.v'], flagsOf('plan'))).toEqual({ kind: 'invalid', message });
  });
});

describe('flagTable', () => {
  it.each(recorded<{ command: string; table: string }>('usages'))('lays out $command as the Go library does', (row) => {
    expect(flagTable(flagsOf(row.command))).toBe(row.table);
  });
});
