/** Names within names, as in `a[b][][c]`, go no deeper. */
const deepest = 16;

type Tree = Record<string, unknown>;

/**
 * Reads `a=1&b[]=2&c[][d]=3` as {a, b: [2], c: [{d}]}; `c[0][d]` means the same as `c[][d]`. `+` is a blank, and the
 * last of several values of one name counts. Undefined when it is malformed: an escape is cut off, bytes are no UTF-8,
 * or names contradict each other (`a=1&a[b]=2`).
 */
export function readForm(text: string): Readonly<Tree> | undefined {
  const pairs: [string, string][] = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = decode(at < 0 ? part : part.slice(0, at));
    const value = decode(at < 0 ? '' : part.slice(at + 1));
    if (name === undefined || value === undefined) return undefined;
    pairs.push([name, value]);
  }
  return readPairs(pairs);
}

/** `readForm`, for names and values that are decoded already. */
export function readPairs(pairs: Iterable<readonly [string, unknown]>): Readonly<Tree> | undefined {
  const tree = emptyTree();
  for (const [name, value] of pairs) if (!put(tree, pathOf(name), value)) return undefined;
  return withLists(tree) as Tree;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** `a[b][]` as `a`, `b` and an empty part; a name that is not built like this is one part. */
function pathOf(name: string): string[] {
  const parts = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(name);
  const inner = parts?.[2]?.slice(1, -1).split('][') ?? [];
  return parts?.[1] === undefined ? [name] : [parts[1], ...inner];
}

/** Without a prototype: a parameter may be called `__proto__`. */
function emptyTree(): Tree {
  return Object.create(null) as Tree;
}

function put(tree: Tree, path: readonly string[], value: unknown): boolean {
  if (path.length > deepest) return false;
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    if (typeof tree[name] === 'object') return false;
    tree[name] = value;
    return true;
  }
  const isList = rest[0] === '';
  const inner = tree[name] ?? (isList ? [] : emptyTree());
  tree[name] = inner;
  if (typeof inner !== 'object' || inner === null || Array.isArray(inner) !== isList) return false;
  return Array.isArray(inner) ? append(inner as unknown[], rest.slice(1), value) : put(inner as Tree, rest, value);
}

/** A new element begins when the last one has the name already. */
function append(list: unknown[], path: readonly string[], value: unknown): boolean {
  const [name] = path;
  if (name === undefined) {
    list.push(value);
    return true;
  }
  const last = list.at(-1) as Tree | undefined;
  if (typeof last === 'string') return false;
  const goesOn = last !== undefined && (path.length > 1 || !Object.hasOwn(last, name));
  const element = goesOn ? last : emptyTree();
  if (!goesOn) list.push(element);
  return put(element, path, value);
}

/** Makes lists of what is numbered: `{0: x, 1: y}` is `[x, y]`. Depth is bounded by `deepest`. */
function withLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withLists);
  if (Object.getPrototypeOf(value) !== null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, numbered(withLists(inner))] as const);
  return Object.assign(emptyTree(), Object.fromEntries(entries));
}

function numbered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const names = Object.keys(value);
  return names.length > 0 && names.every((name) => /^\d+$/.test(name)) ? Object.values(value) : value;
}
