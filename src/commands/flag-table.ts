import type { Flag } from './parse-flags.ts';

const columns = 90;
/** By how much a text may be longer than its column before it is broken, so that no short word is left alone. */
const slack = 5;

/** Flags with their help, laid out as by https://pkg.go.dev/github.com/spf13/pflag#FlagSet.FlagUsagesWrapped. */
export function flagTable(flags: readonly Flag[]): string {
  const names = flags.map(nameColumn);
  const indent = Math.max(0, ...names.map((name) => name.length)) + 3;
  const rows = flags.map(({ help }, row) => {
    const lines = wrap(help, columns - indent - slack);
    return `${(names[row] ?? '').padEnd(indent)}${lines.join(`\n${' '.repeat(indent)}`)}\n`;
  });
  return rows.join('');
}

function nameColumn({ name, shorthand, takes }: Flag): string {
  const short = shorthand === null ? '      ' : `  -${shorthand}, `;
  return `${short}--${name}${takes === 'text' ? ' string' : ''}`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length >= width + slack) {
    const end = rest.lastIndexOf(' ', width - 1);
    if (end <= 0) break;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
  }
  return [...lines, rest];
}
