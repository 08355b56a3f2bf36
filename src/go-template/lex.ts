/** `spaced`: there is white space before it, so that `.a .b` are two operands and `.a.b` is one. */
export type Token = {
  readonly kind: 'string' | 'char' | 'number' | 'variable' | 'field' | 'word' | 'mark';
  readonly text: string;
  readonly spaced: boolean;
};

export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[]; readonly line: number };

/** A source that cannot be understood: why, and where. */
export type Mistake = { readonly line: number; readonly reason: string };

/** Cuts a template into its text and its actions, white space trimmed where `{{-` and `-}}` say so. Comments are gone. */
export function lex(source: string): readonly Segment[] | Mistake {
  const segments: Segment[] = [];
  const lineAt = (index: number) => source.slice(0, index).split('\n').length;
  let at = 0;
  let trimsStart = false;
  for (;;) {
    const open = source.indexOf('{{', at);
    const isTrimmed = open >= 0 && /^-\s/.test(source.slice(open + 2, open + 4));
    const raw = source.slice(at, open < 0 ? source.length : open);
    const text = isTrimmed ? trimEnd(trimsStart ? trimStart(raw) : raw) : trimsStart ? trimStart(raw) : raw;
    if (text !== '') segments.push({ kind: 'text', text });
    if (open < 0) return segments;
    const line = lineAt(open);
    const action = readAction(source, open + (isTrimmed ? 3 : 2));
    if ('reason' in action) return { line: lineAt(action.index), reason: action.reason };
    if (action.tokens) segments.push({ kind: 'action', tokens: action.tokens, line });
    at = action.end;
    trimsStart = action.trims;
  }
}

/** `tokens` is null for a comment; `end` is behind the closing braces. */
type Action =
  | { readonly tokens: readonly Token[] | null; readonly end: number; readonly trims: boolean }
  | { readonly reason: string; readonly index: number };

function readAction(source: string, start: number): Action {
  const comment = matchAt(/\s*\/\*/y, source, start);
  if (comment) return readComment(source, start + comment[0].length);
  const tokens: Token[] = [];
  for (let at = start; ; ) {
    const space = matchAt(/\s+/y, source, at)?.[0].length ?? 0;
    at += space;
    if (space > 0 && source.startsWith('-}}', at)) return { tokens, end: at + 3, trims: true };
    if (source.startsWith('}}', at)) return { tokens, end: at + 2, trims: false };
    if (at >= source.length) return { reason: 'an action is not closed', index: start };
    const match = matchAt(tokenPattern, source, at);
    if (!match) return { reason: `unexpected ${JSON.stringify(source[at])}`, index: at };
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? ['mark'];
    tokens.push({ kind: kind as Token['kind'], text: match[0], spaced: space > 0 });
    at += match[0].length;
  }
}

function readComment(source: string, start: number): Action {
  const close = source.indexOf('*/', start);
  const end = close < 0 ? null : matchAt(/(\s+-)?\}\}/y, source, close + 2);
  if (!end) return { reason: 'a comment is not closed', index: start };
  return { tokens: null, end: close + 2 + end[0].length, trims: end[1] !== undefined };
}

const tokenPattern = new RegExp(
  [
    /(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)/u,
    /(?<char>'(?:[^'\\\n]|\\.)+')/u,
    /(?<number>[+-]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+))/u,
    /(?<variable>\$[\p{L}\p{N}_]*)/u,
    /(?<field>\.[\p{L}_][\p{L}\p{N}_]*)/u,
    /(?<word>[\p{L}_][\p{L}\p{N}_]*)/u,
    /(?<mark>:=|[=|(),.])/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'uy',
);

function matchAt(pattern: RegExp, source: string, index: number): RegExpExecArray | null {
  const sticky = new RegExp(pattern);
  sticky.lastIndex = index;
  return sticky.exec(source);
}

/** Go trims these four alone. */
function trimStart(text: string): string {
  return text.replace(/^[ \t\r\n]+/, '');
}

function trimEnd(text: string): string {
  return text.replace(/[ \t\r\n]+$/, '');
}
