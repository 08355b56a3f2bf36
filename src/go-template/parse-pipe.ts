import type { Token } from './lex.ts';
import { type Command, type GoValue, type Operand, type Pipe, shortCuts } from './types.ts';
import { unquote } from './unquote.ts';

type Limits = {
  /** The functions that may be called. */
  readonly functions: ReadonlySet<string>;
  /** How many variables may be set: two by `range`, else one. */
  readonly variables: number;
};

type Cursor = { readonly tokens: readonly Token[]; readonly functions: ReadonlySet<string>; next: number };

/** Reads what stands in an action, behind its word: commands with bars between them. */
export function parsePipe(tokens: readonly Token[], limits: Limits): Pipe | { readonly reason: string } {
  const cursor: Cursor = { tokens, functions: limits.functions, next: 0 };
  try {
    const variables = readVariables(cursor, limits.variables);
    const pipe = { variables, commands: readCommands(cursor) };
    const rest = tokens[cursor.next];
    return rest ? { reason: `unexpected ${JSON.stringify(rest.text)}` } : pipe;
  } catch (error) {
    if (error instanceof SyntaxError) return { reason: error.message };
    throw error;
  }
}

function readVariables(cursor: Cursor, most: number): Pipe['variables'] {
  const { tokens } = cursor;
  const end = tokens.findIndex(({ text, kind }) => kind === 'mark' && (text === ':=' || text === '='));
  if (end < 0) return null;
  const names = tokens.slice(0, end).filter(({ kind }) => kind === 'variable');
  const isList =
    end === 2 * names.length - 1 && tokens.slice(0, end).every(({ text }, at) => at % 2 === 0 || text === ',');
  if (!isList || names.length > most) throw new SyntaxError(`too much before ${tokens[end]?.text}`);
  cursor.next = end + 1;
  return { names: names.map(({ text }) => text), isNew: tokens[end]?.text === ':=' };
}

function readCommands(cursor: Cursor): Pipe['commands'] {
  const commands = [readCommand(cursor)] as [Command, ...Command[]];
  while (cursor.tokens[cursor.next]?.text === '|') {
    cursor.next += 1;
    commands.push(readCommand(cursor));
  }
  return commands;
}

function readCommand(cursor: Cursor): Command {
  const operands: Operand[] = [];
  for (let operand = readOperand(cursor); operand; operand = readOperand(cursor)) operands.push(operand);
  const [first, ...rest] = operands;
  if (!first) throw new SyntaxError('a value is missing');
  return [first, ...rest];
}

/** Undefined at the end of a command. */
function readOperand(cursor: Cursor): Operand | undefined {
  const token = cursor.tokens[cursor.next];
  if (!token || (token.kind === 'mark' && (token.text === '|' || token.text === ')'))) return undefined;
  cursor.next += 1;
  switch (token.kind) {
    case 'string':
      return { kind: 'literal', value: unquote(token.text) };
    case 'char':
      return { kind: 'literal', value: unquote(token.text).codePointAt(0) };
    case 'number':
      return { kind: 'literal', value: numberOf(token.text) };
    case 'variable':
      return { kind: 'variable', name: token.text, path: readPath(cursor) };
    case 'field':
      return { kind: 'field', path: [token.text.slice(1), ...readPath(cursor)] };
    case 'word':
      return wordOf(token.text, cursor.functions);
    case 'mark':
      return markOf(token.text, cursor);
  }
}

function markOf(mark: string, cursor: Cursor): Operand {
  if (mark === '.') return { kind: 'field', path: [] };
  if (mark !== '(') throw new SyntaxError(`unexpected ${JSON.stringify(mark)}`);
  const commands = readCommands(cursor);
  if (cursor.tokens[cursor.next]?.text !== ')') throw new SyntaxError('a ")" is missing');
  cursor.next += 1;
  return { kind: 'pipe', pipe: { variables: null, commands }, path: readPath(cursor) };
}

/** `.a.b` directly behind a value. */
function readPath(cursor: Cursor): string[] {
  const path: string[] = [];
  for (;;) {
    const token = cursor.tokens[cursor.next];
    if (token?.kind !== 'field' || token.spaced) return path;
    path.push(token.text.slice(1));
    cursor.next += 1;
  }
}

const constants = new Map<string, GoValue>([
  ['true', true],
  ['false', false],
  ['nil', null],
]);

function wordOf(word: string, functions: ReadonlySet<string>): Operand {
  if (constants.has(word)) return { kind: 'literal', value: constants.get(word) };
  if (functions.has(word) || shortCuts.includes(word)) return { kind: 'function', name: word };
  throw new SyntaxError(`function ${JSON.stringify(word)} not defined`);
}

function numberOf(text: string): number {
  const plain = text.replaceAll('_', '');
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/.exec(plain) ?? [];
  return (sign === '-' ? -1 : 1) * Number(digits);
}
