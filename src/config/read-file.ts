import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml';
import { errorText } from '../lib/errors.ts';
import { nearest } from './nearest.ts';
import type { OptionRow, OptionRows } from './option.ts';

/** What a configuration file gives for one option, as text. `where` names file and line, for messages. */
export type FileValue = { readonly text: string | readonly string[]; readonly where: string };

export type FileValues = {
  readonly values: ReadonlyMap<string, FileValue>;
  readonly errors: readonly string[];
  /** The file holds Atlantis' list of outgoing notifications. */
  readonly hasWebhooks: boolean;
};

/** The one key of Atlantis' file that is no option. */
const webhooksKey = 'webhooks';

/**
 * Reads a configuration file in YAML or JSON, which is YAML too. Keys are flag names, in any case. An unknown key is
 * an error: Atlantis ignores it, and a misspelt limit then limits nothing.
 */
export function readFileValues(path: string, rows: OptionRows, readFile: (path: string) => string): FileValues {
  if (!/\.(ya?ml|json)$/i.test(path)) {
    return failed(`invalid config: reading ${path}: only .yaml, .yml and .json files can be read`);
  }
  try {
    return interpret(path, rows, readFile(path));
  } catch (error) {
    return failed(`invalid config: reading ${path}: ${errorText(error)}`);
  }
}

function interpret(path: string, rows: OptionRows, source: string): FileValues {
  const lines = new LineCounter();
  // Pretty errors would quote the file, and with it perhaps a secret.
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const where = (offset: number | undefined) => `${path} line ${lines.linePos(offset ?? 0).line}`;
  const broken = document.errors.map((error) => `invalid config: ${where(error.pos[0])}: ${error.message}`);
  if (broken.length > 0) return { values: new Map(), errors: broken, hasWebhooks: false };
  const { contents } = document;
  if (contents === null) return { values: new Map(), errors: [], hasWebhooks: false };
  if (!isMap<Node, Node | null>(contents))
    return failed(`invalid config: ${where(0)}: expected option names with their values`);

  const values = new Map<string, FileValue>();
  const errors: string[] = [];
  let hasWebhooks = false;
  for (const { key, value } of contents.items) {
    const place = where(key.range?.[0]);
    const name = isScalar(key) ? String(key.value).toLowerCase() : '';
    const resolved = isAlias(value) ? value.resolve(document) : value;
    if (name === webhooksKey) hasWebhooks = true;
    else if (values.has(name)) errors.push(`invalid config: ${place}: the key ${JSON.stringify(name)} is there twice`);
    else {
      const read = readEntry(name, resolved, rows);
      if (read.kind === 'text') values.set(name, { text: read.text, where: place });
      if (read.kind === 'problem') errors.push(`invalid config: ${place}: ${read.problem}`);
    }
  }
  return { values, errors, hasWebhooks };
}

type Entry =
  | { kind: 'unset' }
  | { kind: 'text'; text: string | readonly string[] }
  | { kind: 'problem'; problem: string };

function readEntry(name: string, value: Node | null | undefined, rows: OptionRows): Entry {
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
  if (!row || row.flagOnly || name === 'config') return { kind: 'problem', problem: unknownKey(name, rows) };
  if (!value || (isScalar(value) && value.value === null)) return { kind: 'unset' };
  if (isScalar(value)) return { kind: 'text', text: scalarText(value) };
  if (row.type === 'list' && isSeq<Node>(value) && value.items.every((item) => isScalar(item))) {
    return { kind: 'text', text: value.items.map((item) => scalarText(item as Scalar)) };
  }
  return { kind: 'problem', problem: `the key ${JSON.stringify(name)} must have ${expected(row)}` };
}

/** As it is written: of `1.10` the number would be 1.1. */
function scalarText(scalar: Scalar): string {
  return scalar.type === 'PLAIN' && scalar.source !== undefined ? scalar.source : String(scalar.value);
}

function expected(row: OptionRow): string {
  switch (row.type) {
    case 'bool':
      return 'true or false';
    case 'int':
      return 'a whole number';
    case 'list':
      return 'a list of texts, or one text with commas';
    case 'duration':
      return 'a duration such as 30m';
    case 'string':
      return 'one text';
  }
}

function unknownKey(name: string, rows: OptionRows): string {
  const known = Object.keys(rows).filter((row) => row !== 'config' && !rows[row]?.flagOnly);
  const suggestion = nearest(name, [...known, webhooksKey]);
  const hint = suggestion === undefined || suggestion === name ? '' : `; did you mean ${JSON.stringify(suggestion)}?`;
  return `unknown key ${JSON.stringify(name)}${hint}`;
}

function failed(message: string): FileValues {
  return { values: new Map(), errors: [message], hasWebhooks: false };
}
