import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaled } from '../../test/support/scale.ts';
import { execute, type GoValue, parseTemplate, templateFunctions } from './index.ts';
import { fromPlain } from './values.ts';

/** Templates, what they were given, and what Go 1.26 with sprig 3.3 made of it. */
const goAnswers = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/go-answers.json'), 'utf8')) as [
  template: string,
  data: unknown,
  text: string,
][];

const functions = templateFunctions();
const names = new Set(functions.keys());

function written(source: string, dot: GoValue): string {
  const parsed = parseTemplate('own.tmpl', source, names);
  if ('reason' in parsed) throw new Error(`line ${parsed.line}: ${parsed.reason}`);
  return execute({ definitions: parsed, functions }, 'own.tmpl', dot);
}

describe('templates', () => {
  it.each(goAnswers)('writes %s of %j as Go does', (source, data, text) => {
    expect(written(source, fromPlain(data))).toBe(text);
  });

  it('reads fields of structs, and knows which there are', () => {
    const dot = { Results: [{ Dir: 'net' }] };
    expect(written('{{ range .Results }}{{ .Dir }}{{ end }}', dot)).toBe('net');
    expect(() => written('\n{{ range .Results }}{{ .Folder }}{{ end }}', dot)).toThrow(
      "own.tmpl:2: can't evaluate field Folder in type struct",
    );
  });

  it.each([
    ['a\n{{ nope }}', 'line 2: function "nope" not defined'],
    ['{{ env "HOME" }}', 'line 1: function "env" not defined'],
    ['{{ if }}x{{ end }}', 'line 1: a value is missing'],
    ['{{ if .a }}x', 'line 1: an {{end}} is missing'],
    ['{{ end }}', 'line 1: unexpected {{end}}'],
    ['{{ else }}', 'line 1: unexpected {{else}}'],
    ['{{ }}', 'line 1: an action is empty'],
    ['{{ .a | }}', 'line 1: a value is missing'],
    ['{{ break }}', 'line 1: break outside of range'],
    ['{{ if .a }}{{ define "t" }}{{ end }}{{ end }}', 'line 1: define has to stand outside of everything else'],
    ['{{ define t }}{{ end }}', 'line 1: define wants a name in quotes'],
    ['{{ template t }}', 'line 1: the name of a template has to be in quotes'],
    ['\n\n{{ "unclosed }}', 'line 3: unexpected "\\""'],
    ['{{/* x }}', 'line 1: a comment is not closed'],
    ['{{ .x', 'line 1: an action is not closed'],
    ['{{ ( 1 }}', 'line 1: a ")" is missing'],
    ['{{ $a, $b := .l }}', 'line 1: too much before :='],
  ])('says what is wrong with %j', (source, reason) => {
    expect(() => written(source, null)).toThrow(reason);
  });

  it.each([
    ['{{ template "gone" }}', 'template "gone" not defined'],
    ['{{ "a" .b }}', "own.tmpl:1: can't give an argument to a literal"],
    ['{{ lt 1 "a" }}', 'own.tmpl:1: error calling lt: incompatible types for comparison'],
    ['{{ index (list 1) 5 }}', 'own.tmpl:1: error calling index: index out of range: 5'],
    ['{{ $x }}', 'own.tmpl:1: undefined variable "$x"'],
    ['{{ fail "no" }}', 'own.tmpl:1: error calling fail: no'],
    ['{{ len 3 }}', 'own.tmpl:1: error calling len: len of type int'],
    ['{{ range 100000000 }}{{ end }}', 'own.tmpl:1: 100000000 is too much'],
    [
      '{{ range until 3000 }}{{ range until 3000 }}x{{ end }}{{ end }}',
      'a template may take no more than 2000000 steps',
    ],
    ['{{ printf "%999999999d" 1 }}', 'own.tmpl:1: error calling printf: 999999999 is too much'],
    ['{{ repeat 1000000 "x" }}', 'own.tmpl:1: error calling repeat: 1000000 is too much'],
    ['{{ define "t" }}{{ template "t" }}{{ end }}{{ template "t" }}', 'templates call each other more than 200 times'],
  ])('says what goes wrong in %j', (source, reason) => {
    expect(() => written(source, null)).toThrow(reason);
  });

  it('asks for what is not defined by name', () => {
    const parsed = parseTemplate('own.tmpl', 'a{{ template "log" 1 }}', names);
    if ('reason' in parsed) throw new Error(parsed.reason);
    const builtIn = (name: string, dot: GoValue) => `<${name} ${JSON.stringify(dot)}>`;
    expect(execute({ definitions: parsed, functions, builtIn }, 'own.tmpl', null)).toBe('a<log 1>');
  });

  it('reads any text as templates or says what is wrong with it', () => {
    const pieces = fc.constantFrom(
      '{{',
      '}}',
      '{{-',
      '-}}',
      ' ',
      'if',
      'range',
      'end',
      '.a',
      '$x',
      ':=',
      '"',
      '`',
      '(',
      ')',
      '|',
      'x',
      '1',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    const isUnderstood = fc.property(texts, (source) => {
      const parsed = parseTemplate('own.tmpl', source, names);
      return 'reason' in parsed ? parsed.line > 0 : parsed.has('own.tmpl');
    });
    expect(fc.check(isUnderstood, { numRuns: scaled(100_000) })).toMatchObject({ failed: false });
  });
});
