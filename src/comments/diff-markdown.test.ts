import { describe, expect, it } from 'vitest';
import { diffMarkdown } from './diff-markdown.ts';

describe('diffMarkdown', () => {
  const rows: [name: string, line: string, shown: string][] = [
    ['an attribute', '      + id     = (known after apply)', '+       id     = (known after apply)'],
    ['a changed attribute', '      ~ input  = "a" -> "b"', '!       input  = "a" -> "b"'],
    ['an attribute that goes', '      - input = "two" -> null', '-       input = "two" -> null'],
    ['a quoted key', '          + "b c" = "d"', '+           "b c" = "d"'],
    ['a block', '      + ingress {', '+       ingress {'],
    ['an element of a list', '              + "y",', '+               "y",'],
    ['a changed element', '              ~ "y" -> "z",', '!               "y" -> "z",'],
    ['a resource in the first column', '~ resource "terraform_data" "x" {', '! resource "terraform_data" "x" {'],
    ['the legend', '~ update in-place', '! update in-place'],
    ['a sentence with a dash', '  - see the notes of this release', '  - see the notes of this release'],
    ['a line without a marker', '        id     = "1"', '        id     = "1"'],
    ['a resource that is replaced', '-/+ resource "a" "b" {', '-/+ resource "a" "b" {'],
  ];
  it.each(rows)('knows %s', (...[, line, shown]) => {
    expect(diffMarkdown(line)).toBe(shown);
  });

  it('leaves the lines of a new text alone', () => {
    const plan = ['      + input  = <<-EOT', '            - dash = 1', '        EOT', '      + id     = 2'];
    expect(diffMarkdown(plan.join('\n')).split('\n')).toEqual([
      '+       input  = <<-EOT',
      '            - dash = 1',
      '        EOT',
      '+       id     = 2',
    ]);
  });

  it('moves what Terraform marks inside a changed text', () => {
    const plan = [
      '      ~ input  = <<-EOT',
      '            line = one',
      '            - dash: a',
      '            EOT',
      '          - last',
      '          + newlast',
      '        EOT -> (known after apply)',
      '      - gone  = 1 -> null',
    ];
    expect(diffMarkdown(plan.join('\n')).split('\n')).toEqual([
      '!       input  = <<-EOT',
      '            line = one',
      '            - dash: a',
      '            EOT',
      '-           last',
      '+           newlast',
      '        EOT -> (known after apply)',
      '-       gone  = 1 -> null',
    ]);
  });

  it('takes a line of a megabyte in its stride', () => {
    const line = `      + ${'a-'.repeat(500_000)}`;
    expect(diffMarkdown(line)).toBe(line);
  });
});
