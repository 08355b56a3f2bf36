import { goQuote } from './quote.ts';

/** A JSON value that keeps what JavaScript's own would lose: repeated keys, their order, and how numbers were written. */
export type GoValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'bool' }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly GoValue[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, GoValue])[] };

export type GoParsed = { readonly ok: true; readonly value: GoValue } | { readonly ok: false; readonly error: string };

type OpenArray = { kind: 'array'; items: GoValue[] };
type OpenObject = { kind: 'object'; entries: [string, GoValue][]; key: string };
type Expecting = 'value' | 'item_or_end' | 'key' | 'key_or_end' | 'more';
type State = {
  /** The body, one character a byte, so that a message names the byte that Go's scanner would name. */
  readonly text: string;
  at: number;
  expecting: Expecting;
  readonly open: (OpenArray | OpenObject)[];
  root: GoValue | undefined;
};

const maxDepth = 10_000;
const endOfInput = 'unexpected end of JSON input';

/** Reads one JSON value; what is wrong is said in the words of Go's encoding/json (https://pkg.go.dev/encoding/json). */
export function parseGoJson(body: Buffer): GoParsed {
  const state: State = { text: body.toString('latin1'), at: 0, expecting: 'value', open: [], root: undefined };
  for (;;) {
    while (isSpace(state.text.charCodeAt(state.at))) state.at += 1;
    if (state.at >= state.text.length) {
      return state.root === undefined || state.open.length > 0
        ? { ok: false, error: endOfInput }
        : { ok: true, value: state.root };
    }
    const error = step(state);
    if (error !== undefined) return { ok: false, error };
  }
}

/** Takes the next token; returns what is wrong with it. */
function step(state: State): string | undefined {
  switch (state.expecting) {
    case 'item_or_end':
      return state.text[state.at] === ']' ? close(state) : value(state);
    case 'value':
      return value(state);
    case 'key_or_end':
      return state.text[state.at] === '}' ? close(state) : key(state);
    case 'key':
      return key(state);
    case 'more':
      return more(state);
  }
}

function value(state: State): string | undefined {
  const first = state.text[state.at];
  if (first === '{') return enter(state, { kind: 'object', entries: [], key: '' }, 'key_or_end');
  if (first === '[') return enter(state, { kind: 'array', items: [] }, 'item_or_end');
  if (first === '"') return string(state, (text) => put(state, { kind: 'string', text }));
  if (first === 't') return literal(state, 'true', { kind: 'bool' });
  if (first === 'f') return literal(state, 'false', { kind: 'bool' });
  if (first === 'n') return literal(state, 'null', { kind: 'null' });
  if (first === '-' || isDigit(state.text.charCodeAt(state.at))) return number(state);
  return unexpected(state, 'looking for beginning of value');
}

function key(state: State): string | undefined {
  if (state.text[state.at] !== '"') return unexpected(state, 'looking for beginning of object key string');
  const object = state.open.at(-1) as OpenObject;
  const error = string(state, (text) => {
    object.key = text;
  });
  if (error !== undefined) return error;
  while (isSpace(state.text.charCodeAt(state.at))) state.at += 1;
  if (state.at >= state.text.length) return endOfInput;
  if (state.text[state.at] !== ':') return unexpected(state, 'after object key');
  state.at += 1;
  state.expecting = 'value';
  return undefined;
}

function more(state: State): string | undefined {
  const container = state.open.at(-1);
  const character = state.text[state.at];
  if (container === undefined) return unexpected(state, 'after top-level value');
  const isArray = container.kind === 'array';
  if (character === (isArray ? ']' : '}')) return close(state);
  if (character !== ',') return unexpected(state, isArray ? 'after array element' : 'after object key:value pair');
  state.at += 1;
  state.expecting = isArray ? 'value' : 'key';
  return undefined;
}

function enter(state: State, container: OpenArray | OpenObject, expecting: Expecting): string | undefined {
  if (state.open.length === maxDepth) return unexpected(state, 'exceeded max depth');
  put(state, container);
  state.open.push(container);
  state.at += 1;
  state.expecting = expecting;
  return undefined;
}

function close(state: State): undefined {
  state.open.pop();
  state.at += 1;
  state.expecting = 'more';
}

function put(state: State, item: GoValue): void {
  const container = state.open.at(-1);
  if (container === undefined) state.root = item;
  else if (container.kind === 'array') container.items.push(item);
  else container.entries.push([container.key, item]);
  state.expecting = 'more';
}

function literal(state: State, word: string, item: GoValue): string | undefined {
  for (const expected of word) {
    if (state.text[state.at] !== expected) return unexpected(state, `in literal ${word} (expecting '${expected}')`);
    state.at += 1;
  }
  put(state, item);
  return undefined;
}

function number(state: State): string | undefined {
  const start = state.at;
  if (state.text[state.at] === '-') state.at += 1;
  if (state.text[state.at] === '0') state.at += 1;
  else if (!digits(state)) return unexpected(state, 'in numeric literal');
  if (state.text[state.at] === '.') {
    state.at += 1;
    if (!digits(state)) return unexpected(state, 'after decimal point in numeric literal');
  }
  if (/[eE]/.test(state.text[state.at] ?? '')) {
    state.at += 1;
    if (/[+-]/.test(state.text[state.at] ?? '')) state.at += 1;
    if (!digits(state)) return unexpected(state, 'in exponent of numeric literal');
  }
  put(state, { kind: 'number', text: state.text.slice(start, state.at) });
  return undefined;
}

function digits(state: State): boolean {
  const start = state.at;
  while (isDigit(state.text.charCodeAt(state.at))) state.at += 1;
  return state.at > start;
}

/** Reads the string whose opening quote is next. */
function string(state: State, take: (text: string) => void): string | undefined {
  const start = state.at;
  state.at += 1;
  for (;;) {
    const code = state.text.charCodeAt(state.at);
    if (Number.isNaN(code)) return endOfInput;
    if (code < 0x20) return unexpected(state, 'in string literal');
    state.at += 1;
    if (code === 0x22) break;
    const error = code === 0x5c ? escapeSequence(state) : undefined;
    if (error !== undefined) return error;
  }
  const raw = Buffer.from(state.text.slice(start, state.at), 'latin1').toString('utf8');
  take(Buffer.from(JSON.parse(raw) as string).toString('utf8'));
  return undefined;
}

/** Checks what follows a backslash. */
function escapeSequence(state: State): string | undefined {
  const letter = state.text[state.at] ?? '';
  if (letter !== 'u') {
    if (letter === '' || !'"\\/bfnrt'.includes(letter)) return unexpected(state, 'in string escape code');
    state.at += 1;
    return undefined;
  }
  state.at += 1;
  for (const end = state.at + 4; state.at < end; state.at += 1) {
    if (!/[0-9a-fA-F]/.test(state.text[state.at] ?? ''))
      return unexpected(state, 'in \\u hexadecimal character escape');
  }
  return undefined;
}

/** Go's scanner sees the end of the input as one more blank. */
function unexpected(state: State, where: string): string {
  return `invalid character ${shown(state.text[state.at] ?? ' ')} ${where}`;
}

function shown(character: string): string {
  if (character === "'") return "'\\''";
  return character === '"' ? `'"'` : `'${goQuote(character).slice(1, -1)}'`;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
