import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { OptionRow } from './option.ts';
import { defaultText, renderOptionsHelp } from './render-help.ts';
import { renderOptionsMarkdown } from './render-markdown.ts';
import { optionsTable } from './table/index.ts';

const rows: readonly [string, OptionRow][] = Object.entries(optionsTable);
const help = renderOptionsHelp();
const page = readFileSync(new URL('../../docs/server-options.md', import.meta.url), 'utf8');

describe('docs/server-options.md', () => {
  it('is what `npm run docs` writes', () => {
    expect(page).toBe(renderOptionsMarkdown());
  });

  it('has one line for each option, with its type, default, meaning and what is missing', () => {
    const lines = page.split('\n');
    const wanted = rows.map(([name, row]) => [
      lines.filter((line) => line.startsWith(`| \`--${name}\` | ${row.type}`)).length,
      lines.some((line) => line.includes(`| ${defaultText(row)} | ${row.help}`)),
      row.status === 'built' || lines.some((line) => line.includes(row.help) && line.includes(row.why)),
    ]);
    expect(wanted).toEqual(rows.map(() => [1, true, true]));
  });
});

describe('renderOptionsHelp', () => {
  it('has an entry for each option but the older names, with its meaning', () => {
    const entries = help.split(/\n(?= {2}--)/).map((entry) => entry.trim().replace(/\s+/g, ' '));
    const missing = rows.filter(([name, row]) => {
      const meaning = row.help.replaceAll('`', '');
      return !entries.some((entry) => entry.split(' ')[0] === `--${name}` && entry.includes(meaning));
    });
    expect(missing.map(([name]) => name)).toEqual(['tf-distribution']);
  });

  it('fits a terminal of 100 columns', () => {
    expect(help.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });
});
