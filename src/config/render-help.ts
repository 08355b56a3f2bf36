import type { OptionRow, OptionRows } from './option.ts';
import { optionGroups } from './table/index.ts';

const width = 100;
const indent = '      ';

/** The options of the server for `polder server --help`, by group. */
export function renderOptionsHelp(): string {
  return optionGroups.map(({ title, rows }) => `${title}:\n${renderRowsHelp(rows)}`).join('\n');
}

/** Flags with what they mean, as help shows them. */
export function renderRowsHelp(rows: OptionRows): string {
  const shown = Object.entries(rows).filter(([, row]) => row.deprecated === undefined);
  return shown.map(([name, row]) => `  --${name}${valueHint(row)}\n${wrap(helpText(row))}\n`).join('');
}

/** The default in Markdown; empty when there is none worth telling. */
export function defaultText(row: OptionRow): string {
  if (row.shownDefault !== undefined) return row.shownDefault;
  const text = row.type === 'list' ? row.default.join(',') : String(row.default);
  return text === '' ? '' : `\`${text}\``;
}

function valueHint(row: OptionRow): string {
  if (row.type === 'bool') return '';
  if (row.type !== 'string') return ` <${row.type}>`;
  return row.path ? ' <path>' : ' <text>';
}

function helpText(row: OptionRow): string {
  const standard = row.type === 'bool' && !row.default ? '' : defaultText(row);
  const required = row.required ? ' (required)' : '';
  const unbuilt = { built: '', later: ' [no effect yet]', protects: ' [not available yet]' }[row.status];
  return `${row.help}${required}${standard === '' ? '' : ` (default: ${standard})`}${unbuilt}`.replaceAll('`', '');
}

/** Breaks at blanks, and after the commas of a list. */
function wrap(text: string): string {
  const lines = [''];
  for (const part of text.split(/(?<=,)(?! )|(?= )/)) {
    const line = lines[lines.length - 1] ?? '';
    if (line !== '' && indent.length + line.length + part.length > width) lines.push(part.trimStart());
    else lines[lines.length - 1] = line + part;
  }
  return lines.map((line) => indent + line).join('\n');
}
