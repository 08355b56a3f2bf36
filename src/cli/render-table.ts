/**
 * Rows of cells as columns for a terminal, with two blanks between them and none at the ends of lines. Titles and names
 * come from others: what a terminal would obey, or what turns text around, is written out.
 */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map((cell) => cell.replace(unprintable, writtenOut)));
  const columns = Math.max(...shown.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...shown.map((row) => row[at]?.length ?? 0)));
  return shown
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

const unprintable = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

function writtenOut(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
