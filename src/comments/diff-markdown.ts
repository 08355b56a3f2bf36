/** A line that Terraform marks as changed: indentation, marker, the rest. */
const markedLine = /^( +)([+~-]) (.*)$/;

/**
 * What the rest looks like where it tells of a change: an attribute, a block, the start of a heredoc, a key of YAML, an
 * element of a list.
 */
const change = new RegExp(
  [
    String.raw`(?:[\w.-]+|"[^"]*")\s+(?:=|->) `,
    String.raw`[\w.-].*(?:\(known after apply\)|\{)`,
    String.raw`\{`,
    '<<',
    String.raw`\s{4,}[^\s:]+:`,
    '".*",$',
  ]
    .map((shape) => `^${shape}`)
    .join('|'),
);

/** The text of an attribute that has several lines. Terraform ends it in the column in which the attribute's name starts. */
type Heredoc = {
  readonly end: RegExp;
  /** Where changed lines of the text are marked; null when the text is new, gone or the same as a whole. */
  readonly markerColumn: number | null;
};

/**
 * The output of a plan with the marker of each change in the first column, and `!` in place of `~`, as the `diff`
 * highlighting of hosts wants it (`--enable-diff-markdown-format`,
 * https://www.runatlantis.io/docs/server-configuration#enable-diff-markdown-format). The lines of a heredoc are
 * somebody's text and stay, but for those that Terraform itself marks inside a changed one.
 */
export function diffMarkdown(output: string): string {
  let heredoc: Heredoc | null = null;
  const lines = output.split('\n').map((line) => {
    const inside: Heredoc | null = heredoc;
    if (inside === null) {
      heredoc = heredocStartedBy(line);
      return moveMarker(line, (_, rest) => change.test(rest));
    }
    if (inside.end.test(line)) heredoc = null;
    return moveMarker(line, (column) => column === inside.markerColumn);
  });
  return lines.join('\n').replace(/^~/gm, '!');
}

function heredocStartedBy(line: string): Heredoc | null {
  const delimiter = /<<[~-]?([A-Za-z_]\w*)$/.exec(line)?.[1];
  if (delimiter === undefined) return null;
  const [, indent = '', marker] = /^( *)(?:([+~-]) )?/.exec(line) ?? [];
  const nameColumn = indent.length + (marker === undefined ? 0 : 2);
  return {
    end: new RegExp(`^ {${nameColumn}}${delimiter}\\b`),
    markerColumn: marker === '~' ? nameColumn + 2 : null,
  };
}

function moveMarker(line: string, when: (column: number, rest: string) => boolean): string {
  const [, indent = '', marker, rest = ''] = markedLine.exec(line) ?? [];
  return marker !== undefined && when(indent.length, rest) ? `${marker} ${indent}${rest}` : line;
}
