import { describe, expect, it } from 'vitest';
import type { OptionRows, OptionValue } from './option.ts';
import { parseValue } from './parse-value.ts';
import { parseWords } from './parse-words.ts';

const shared = { status: 'built', help: '' } as const;
const rows: OptionRows = {
  name: { type: 'string', default: '', ...shared },
  'atlantis-url': { type: 'string', default: '', ...shared },
  port: { type: 'int', default: 0, ...shared },
  automerge: { type: 'bool', default: false, ...shared },
  'tf-download': { type: 'bool', default: true, ...shared },
};

/** What pflag 1.0.5 made of these words with flags of the same names and types. */
const accepted: readonly [words: string[], flags: Record<string, OptionValue>, operands?: string[]][] = [
  [[], {}],
  [['--name', 'a'], { name: 'a' }],
  [['--name=a'], { name: 'a' }],
  [['--name='], { name: '' }],
  [['--name', ''], { name: '' }],
  [['--name', '--port'], { name: '--port' }],
  [['--name', '-h'], { name: '-h' }],
  [['--name', '--'], { name: '--' }],
  [['--name=a=b'], { name: 'a=b' }],
  [['--name=a', '--name=b'], { name: 'b' }],
  [['--name', 'a', '--name='], { name: '' }],
  [['--name', 'a b'], { name: 'a b' }],
  [['--name', 'é☃'], { name: 'é☃' }],
  [['--atlantis-url', 'http://h/?a=b'], { 'atlantis-url': 'http://h/?a=b' }],
  [['--port', '4141'], { port: 4141 }],
  [['--port=4141'], { port: 4141 }],
  [['--port=-1'], { port: -1 }],
  [['--port', '-1'], { port: -1 }],
  [['--port=+5'], { port: 5 }],
  [['--port=0x10'], { port: 16 }],
  [['--port=0X1f'], { port: 31 }],
  [['--port=-0x10'], { port: -16 }],
  [['--port=0x_1'], { port: 1 }],
  [['--port=0b101'], { port: 5 }],
  [['--port=0o17'], { port: 15 }],
  [['--port=010'], { port: 8 }],
  [['--port=0_7'], { port: 7 }],
  [['--port=1_000'], { port: 1000 }],
  [['--port=00'], { port: 0 }],
  [['--port=0'], { port: 0 }],
  [['--port=-0'], { port: 0 }],
  [['--automerge'], { automerge: true }],
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => trueOrFalse(word, true)),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => trueOrFalse(word, false)),
  [['--automerge', 'false'], { automerge: true }, ['false']],
  [['--automerge', ''], { automerge: true }, ['']],
  [['--tf-download=false'], { 'tf-download': false }],
  [['--tf-download=0', '--tf-download'], { 'tf-download': true }],
  [['-'], {}, ['-']],
  [['a', 'b'], {}, ['a', 'b']],
  [['a', '--automerge', 'b'], { automerge: true }, ['a', 'b']],
  [['--automerge', '-', '--port=1'], { automerge: true, port: 1 }, ['-']],
  [[''], {}, ['']],
  [['--'], {}],
  [['--', '--automerge'], {}, ['--automerge']],
  [['--automerge', '--', '--name', 'x'], { automerge: true }, ['--name', 'x']],
];

/** Words that pflag refuses, and our message. */
const refused: readonly [words: string[], message: string][] = [
  [['--name'], 'flag needs an argument: --name'],
  [['--port'], 'flag needs an argument: --port'],
  [['--unknown'], 'unknown flag: --unknown'],
  [['--unknown=x'], 'unknown flag: --unknown'],
  [['--no-automerge'], 'unknown flag: --no-automerge; did you mean --automerge?'],
  [['--Name', 'x'], 'unknown flag: --Name; did you mean --name?'],
  [['--atlantis_url', 'x'], 'unknown flag: --atlantis_url; did you mean --atlantis-url?'],
  [['--=x'], 'bad flag syntax: --'],
  [['---name', 'x'], 'bad flag syntax: ---name'],
  [['-automerge'], "unknown shorthand flag: 'a'"],
  [['-p', '4141'], "unknown shorthand flag: 'p'"],
  [['-=x'], "unknown shorthand flag: '='"],
  ...['', 'abc', '1.5', '08', '1__0', '_1', '1_', '0x', ' 1', '1e3', 'tcp://10.0.0.1:80'].map(
    (word): [string[], string] => [[`--port=${word}`], 'port is not a whole number'],
  ),
  [['--port=9223372036854775808'], 'port is too large a number'],
  ...['', 'tRUE', 'yes', 'on', ' true', '2'].map((word): [string[], string] => [
    [`--automerge=${word}`],
    'automerge is neither true nor false',
  ]),
];

describe('parseWords', () => {
  it.each(accepted)('reads %j as pflag does', (words, flags, operands = []) => {
    expect(read(words)).toEqual({ flags, operands });
  });

  it.each(refused)('refuses %j as pflag does', (words, message) => {
    expect(read(words)).toBe(message);
  });

  it.each([['-h'], ['--help'], ['--help=false'], ['-h=1'], ['--automerge', '-h'], ['x', '--help', '--unknown']])(
    'asks for help when it meets %s %s',
    (...words) => {
      expect(parseWords(words, rows)).toEqual({ kind: 'help' });
    },
  );

  it('refuses a number that this program cannot hold exactly, which pflag takes', () => {
    expect(read(['--port=9007199254740993'])).toBe('port is too large a number');
  });

  it('does not take a property that every object has for a flag', () => {
    expect(read(['--constructor', 'x'])).toBe('unknown flag: --constructor');
  });

  it('shows no part of a word that may be a secret', () => {
    expect(read(['--nmae=hunter2'])).toBe('unknown flag: --nmae; did you mean --name?');
    expect(read(['-hunter2'])).toBe('help');
    expect(read(['-phunter2'])).toBe("unknown shorthand flag: 'p'");
  });

  it('tells which flag an operand follows', () => {
    const words = parseWords(['a', '--name', 'x', 'b'], rows);
    expect(words).toMatchObject({ operands: [{ word: 'a' }, { word: 'b', after: '--name' }] });
  });
});

function trueOrFalse(word: string, value: boolean): [string[], Record<string, OptionValue>] {
  return [[`--automerge=${word}`], { automerge: value }];
}

function read(words: string[]) {
  const parsed = parseWords(words, rows);
  if (parsed.kind === 'invalid') return parsed.message;
  if (parsed.kind === 'help') return 'help';
  const flags: Record<string, OptionValue> = {};
  for (const [name, text] of parsed.flags) {
    const row = rows[name];
    const value = row && parseValue(text, row);
    if (!value || 'problem' in value) return `${name} ${value?.problem}`;
    flags[name] = value.value;
  }
  return { flags, operands: parsed.operands.map(({ word }) => word) };
}
