import { lex, type Mistake, type Segment, type Token } from './lex.ts';
import { parsePipe } from './parse-pipe.ts';
import type { Definition, Node } from './types.ts';
import { unquote } from './unquote.ts';

/**
 * Reads the text of a template file, in the language of https://pkg.go.dev/text/template. Gives what it defines by name;
 * the text outside of all `define`s has the name of the file. `functions` are those that may be called.
 */
export function parseTemplate(
  file: string,
  source: string,
  functions: ReadonlySet<string>,
): ReadonlyMap<string, Definition> | Mistake {
  const segments = lex(source);
  if ('reason' in segments) return segments;
  const reader: Reader = { file, segments, next: 0, defined: new Map(), functions };
  try {
    const { nodes } = readNodes(reader, { until: [], inRange: false });
    if (!reader.defined.has(file)) reader.defined.set(file, { file, nodes });
    return reader.defined;
  } catch (error) {
    if (error instanceof SyntaxError && typeof error.cause === 'number')
      return { line: error.cause, reason: error.message };
    throw error;
  }
}

type Reader = {
  readonly file: string;
  readonly segments: readonly Segment[];
  next: number;
  readonly defined: Map<string, Definition>;
  readonly functions: ReadonlySet<string>;
};

type Place = {
  /** The words that end the list; none at the top. */
  readonly until: readonly string[];
  readonly inRange: boolean;
};

type Action = Extract<Segment, { kind: 'action' }>;

function readNodes(reader: Reader, place: Place): { readonly nodes: readonly Node[]; readonly end: Action | null } {
  const nodes: Node[] = [];
  for (;;) {
    const segment = reader.segments[reader.next];
    reader.next += 1;
    if (!segment) {
      if (place.until.length === 0) return { nodes, end: null };
      throw mistake(lastLine(reader), 'an {{end}} is missing');
    }
    if (segment.kind === 'text') {
      nodes.push(segment);
      continue;
    }
    const [first] = segment.tokens;
    if (!first) throw mistake(segment.line, 'an action is empty');
    if (first.kind === 'word' && place.until.includes(first.text)) return { nodes, end: segment };
    const node = readNode(reader, segment, place);
    if (node) nodes.push(node);
  }
}

/** Null for what writes nothing, such as `define`. */
function readNode(reader: Reader, action: Action, place: Place): Node | null {
  const { tokens, line } = action;
  const [first, ...rest] = tokens;
  const word = first?.kind === 'word' ? first.text : '';
  switch (word) {
    case 'if':
    case 'with':
    case 'range':
      return readBlock(reader, action, { ...place, word, tokens: rest });
    case 'define':
      return readDefine(reader, action, place);
    case 'template':
    case 'block':
      return readCall(reader, action, word === 'block');
    case 'break':
    case 'continue':
      if (!place.inRange) throw mistake(line, `${word} outside of range`);
      return { kind: word };
    case 'else':
    case 'end':
      throw mistake(line, `unexpected {{${word}}}`);
    default:
      return { kind: 'output', pipe: readPipe(reader, action, { tokens, variables: 1 }), line };
  }
}

function readDefine(reader: Reader, { tokens, line }: Action, { until }: Place): null {
  if (until.length > 0) throw mistake(line, 'define has to stand outside of everything else');
  const [, name, ...others] = tokens;
  if (name?.kind !== 'string' || others.length > 0) throw mistake(line, 'define wants a name in quotes');
  const { nodes } = readNodes(reader, { until: ['end'], inRange: false });
  reader.defined.set(unquote(name.text), { file: reader.file, nodes });
  return null;
}

type Block = Place & { readonly word: 'if' | 'with' | 'range'; readonly tokens: readonly Token[] };

function readBlock(reader: Reader, { line }: Action, { word, tokens, inRange }: Block): Node {
  const pipe = readPipe(reader, { line }, { tokens, variables: word === 'range' ? 2 : 1 });
  const { nodes: body, end } = readNodes(reader, { until: ['else', 'end'], inRange: inRange || word === 'range' });
  if (!end || end.tokens[0]?.text === 'end') return { kind: word, pipe, line, body, otherwise: [] };
  const [, chained, ...rest] = end.tokens;
  if (!chained) {
    const { nodes: otherwise } = readNodes(reader, { until: ['end'], inRange });
    return { kind: word, pipe, line, body, otherwise };
  }
  if (chained.text !== word || word === 'range') throw mistake(end.line, `unexpected ${chained.text} after else`);
  // `else if` and `else with` share the `end`.
  const next = readBlock(reader, end, { word, tokens: rest, until: [], inRange });
  return { kind: word, pipe, line, body, otherwise: [next] };
}

function readCall(reader: Reader, { tokens, line }: Action, isBlock: boolean): Node {
  const [, quoted, ...rest] = tokens;
  if (quoted?.kind !== 'string') throw mistake(line, 'the name of a template has to be in quotes');
  const name = unquote(quoted.text);
  const pipe = rest.length === 0 ? null : readPipe(reader, { line }, { tokens: rest, variables: 1 });
  if (isBlock) {
    if (!pipe) throw mistake(line, `block ${quoted.text} wants a value`);
    const { nodes } = readNodes(reader, { until: ['end'], inRange: false });
    if (!reader.defined.has(name)) reader.defined.set(name, { file: reader.file, nodes });
  }
  return { kind: 'template', name, pipe, line };
}

function readPipe(
  { functions }: Reader,
  { line }: Pick<Action, 'line'>,
  { tokens, variables }: { readonly tokens: readonly Token[]; readonly variables: number },
) {
  const parsed = parsePipe(tokens, { functions, variables });
  if ('reason' in parsed) throw mistake(line, parsed.reason);
  return parsed;
}

function lastLine({ segments }: Reader): number {
  return segments.findLast((segment) => segment.kind === 'action')?.line ?? 1;
}

function mistake(line: number, reason: string): SyntaxError {
  return new SyntaxError(reason, { cause: line });
}
