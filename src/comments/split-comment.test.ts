import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ranView, report } from '../../test/support/command-view.ts';
import { renderCommandComment } from './render-command-comment.ts';
import { splitComment } from './split-comment.ts';

const github = { maxLength: 65_536, maxComments: 100, command: 'plan' } as const;
const warning = '<br>\n\n**Warning**: Output length greater than max comment size. Continued in next comment.';
const truncated =
  '> [!WARNING]\n> **Warning**: Command output is larger than the maximum number of comments per command. Output ' +
  'truncated.\n';

/** A plan of `count` resources, in the order in which Terraform lists them. */
function longPlan(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `r${index}`).sort();
  const resources = names.map(
    (name) =>
      `  # terraform_data.${name} will be created\n+ resource "terraform_data" "${name}" {\n` +
      `      + id     = (known after apply)\n      + input  = "${'v'.repeat(60)}${name.slice(1)}"\n` +
      '      + output = (known after apply)\n    }\n\n',
  );
  return (
    'Terraform used the selected providers to generate the following execution\nplan. Resource actions are indicated ' +
    'with the following symbols:\n+ create\n\nTerraform will perform the following actions:\n\n' +
    `${resources.join('')}Plan: ${count} to add, 0 to change, 0 to destroy.\n`
  );
}

function planComment(output: string, add: number): string {
  const summary = { add, change: 0, destroy: 0, import: 0, forget: 0 };
  const project = report({}, { kind: 'planned', planId: 1, summary }, output);
  const lockUrl = 'http://polder/lock?id=acme%252Finfra%252F.%252Fdefault%252F';
  return renderCommandComment(ranView('plan', [{ ...project, lockUrl }])) ?? '';
}

describe('splitComment', () => {
  it('leaves a comment that fits as it is', () => {
    expect(splitComment('a'.repeat(65_536), github)).toEqual(['a'.repeat(65_536)]);
  });

  it('cuts a plan of 450 resources where Atlantis does', () => {
    const [first = '', second = '', ...others] = splitComment(planComment(longPlan(450), 450), github);
    expect([first.length, second.length, others.length]).toEqual([43_784, 65_499, 0]);
    const firstEnd = `\n+ resource "terraform_data" "r260" {\n\n\`\`\`\n</details>\n\n${warning}`;
    expect(first.slice(-firstEnd.length)).toBe(firstEnd);
    const secondStart =
      'Continued plan output from previous comment.\n<details><summary>Show Output</summary>\n\n```diff\n' +
      '      + id     = (known after apply)\n';
    expect(second.slice(0, secondStart.length)).toBe(secondStart);
  });

  it('says nothing of a command where there is none', () => {
    const [, second] = splitComment('word '.repeat(1000), { ...github, maxLength: 3000, command: null });
    expect(second?.startsWith('Continued from previous comment.\nword ')).toBe(true);
  });

  it('keeps the end, and says so, when there are too many pieces', () => {
    const text = planComment(longPlan(450), 450);
    const pieces = splitComment(text, { ...github, maxLength: 20_000, maxComments: 2 });
    expect(pieces).toHaveLength(2);
    expect(pieces[0]?.startsWith(`${truncated}<details><summary>Show Output</summary>\n\n\`\`\`diff\n`)).toBe(true);
    expect(pieces[1]?.slice(-1000)).toBe(text.slice(-1000));
  });

  it('writes any number of pieces when there is no limit', () => {
    const pieces = splitComment('word\n'.repeat(50_000), { ...github, maxLength: 1000, maxComments: 0 });
    expect(pieces.length).toBeGreaterThan(200);
  });

  it('opens a fence again as it was, and only what was open', () => {
    const fenced = `before\n  \`\`\`\`shell\n${'line\n'.repeat(300)}  \`\`\`\`\nafter`;
    const [first = '', second = ''] = splitComment(fenced, { ...github, maxLength: 1200 });
    expect(first.endsWith(`line\n\n  \`\`\`\`\n\n${warning}`)).toBe(true);
    expect(second.startsWith('Continued plan output from previous comment.\n  ````shell\nline\n')).toBe(true);
  });

  it('takes shorter fences inside a fence for text', () => {
    const fenced = `\`\`\`\`diff\n\`\`\`\n${'line\n'.repeat(300)}\`\`\`\`\nafter`;
    const [, second = ''] = splitComment(fenced, { ...github, maxLength: 1200 });
    expect(second.startsWith('Continued plan output from previous comment.\n````diff\nline\n')).toBe(true);
  });

  it('opens a section again without a fence where none was open', () => {
    const section = `<details><summary>Log</summary>\n\n${'line\n'.repeat(300)}\n</details>\nafter`;
    const [first = '', second = ''] = splitComment(section, { ...github, maxLength: 1200 });
    expect(first.endsWith(`line\n\n</details>\n\n${warning}`)).toBe(true);
    expect(
      second.startsWith('Continued plan output from previous comment.\n<details><summary>Log</summary>\n\nline\n'),
    ).toBe(true);
  });

  it('goes on with a code span', () => {
    const [first = '', second = ''] = splitComment(`a \`${'word '.repeat(400)}\` z`, { ...github, maxLength: 1500 });
    expect(first.endsWith(`word \`\n\n${warning}`)).toBe(true);
    expect(second.startsWith('Continued plan output from previous comment.\n`word ')).toBe(true);
  });

  it.each(['😀', 'e\u0301', '👨‍👩‍👧'])('never cuts %s', (character) => {
    const text = character.repeat(2000);
    const pieces = splitComment(text, { ...github, maxLength: 1500, maxComments: 0 });
    const contents = pieces.map((piece) =>
      piece.replace(`\n${warning}`, '').replace('Continued plan output from previous comment.\n', ''),
    );
    expect(contents.join('')).toBe(text);
    for (const content of contents) expect(content.replaceAll(character, '')).toBe('');
  });

  it('does not go on for ever where there is no room', () => {
    expect(() => splitComment('a'.repeat(1000), { ...github, maxLength: 100 })).toThrow('leave no room');
  });

  it('takes a plan of 6 MB in its stride', () => {
    const pieces = splitComment(planComment(longPlan(30_000), 30_000), { ...github, maxComments: 0 });
    expect(pieces.length).toBeGreaterThan(80);
  });
});

describe('splitComment, whatever the comment', () => {
  const anyBlock = fc.oneof(
    fc.nat(400).map((lines) => ({ open: ['```diff'], close: ['```'], lines, blanks: 0 })),
    fc.nat(400).map((lines) => ({ open: ['  ````shell'], close: ['  ````'], lines, blanks: 2 })),
    fc.nat(400).map((lines) => ({
      open: ['<details><summary>Show Output</summary>', '', '```diff'],
      close: ['```', '</details>', ''],
      lines,
      blanks: 6,
    })),
    fc.nat(50).map((lines) => ({ open: [], close: [], lines, blanks: 0 })),
  );

  /** Every word is there once, with a number, so that what is missing or doubled shows. */
  const anyComment = fc.array(fc.tuple(anyBlock, fc.constantFrom('\n', ' ')), { maxLength: 6 }).map((blocks) => {
    return blocks
      .map(([{ open, close, lines, blanks }, separator], block) => {
        const words = Array.from({ length: lines }, (_, word) => `${' '.repeat(blanks)}w${block * 1000 + word}é😀`);
        return [...open, words.join(separator), ...close].join('\n');
      })
      .join('\n');
  });
  const anyLimit = fc.integer({ min: 1000, max: 4000 });
  const words = (text: string) => text.match(/w\d+é😀/g) ?? [];

  it('keeps every word, in order', () => {
    fc.assert(
      fc.property(anyComment, anyLimit, (text, maxLength) => {
        const pieces = splitComment(text, { maxLength, maxComments: 0, command: 'plan' });
        expect(pieces.flatMap(words)).toEqual(words(text));
      }),
    );
  });

  it('keeps within the limit, and closes what it opens', () => {
    fc.assert(
      fc.property(anyComment, anyLimit, fc.nat(5), (text, maxLength, maxComments) => {
        const pieces = splitComment(text, { maxLength, maxComments, command: 'plan' });
        if (maxComments > 0) expect(pieces.length).toBeLessThanOrEqual(maxComments);
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(maxLength);
          const fences = piece.match(/^ *`{3,}[a-z]*$/gm) ?? [];
          expect(fences.map((fence) => /[a-z]$/.test(fence))).toEqual(fences.map((_, index) => index % 2 === 0));
          expect(fences.length % 2).toBe(0);
          expect(piece.match(/<details>/g)?.length).toBe(piece.match(/<\/details>/g)?.length);
        }
      }),
    );
  });
});
