import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import { errorText } from '../lib/errors.ts';
import { joinFlowLines } from './flow-lines.ts';
import type { YamlEntry, YamlNode, YamlPath } from './yaml-tree.ts';

type YamlProblem = { readonly at: number; readonly path: YamlPath; readonly message: string };

export type YamlTree = {
  /** Undefined when the file cannot be read at all. */
  readonly root: YamlNode | undefined;
  readonly problems: readonly YamlProblem[];
};

/** Some 30,000 projects; what it costs is bounded by this and not by the size of the file. */
const maxValues = 500_000;
const maxDepth = 100;
const maxProblems = 100;
/** The reader that joins lines takes some ten times as long. */
const maxJoinedValues = 100_000;
/** What js-yaml says of a line that is indented less than what it belongs to. */
const tooFarLeft = 'deficient indentation';

/**
 * Reads one YAML 1.2 document, with merge keys (`<<`) as YAML 1.1 has them. Never throws. Time and memory are linear in
 * the length of the text, and what aliases would expand to is bounded (https://en.wikipedia.org/wiki/Billion_laughs_attack).
 */
export function readYaml(text: string): YamlTree {
  if (countValues(text) > maxValues) return refused(0, `holds more than ${maxValues} values`);
  try {
    return readEvents(text, parseEvents(text, { maxDepth }));
  } catch (error) {
    if (!(error instanceof YAMLException)) return refused(0, errorText(error));
    const mayJoin = error.reason === tooFarLeft && countValues(text) <= maxJoinedValues;
    const joined = mayJoin ? joinFlowLines(text) : text;
    return joined === text ? refused(error.mark?.position ?? 0, error.reason) : readYaml(joined);
  }
}

function readEvents(text: string, events: readonly Event[]): YamlTree {
  if (events.length === 0) return { root: emptyAt(0), problems: [] };
  const reader: Reader = { text, events, next: 1, at: 0, path: [], anchors: new Map(), merged: 0, problems: [] };
  const root = readNode(reader);
  // What follows the first document is its end, and then perhaps another document.
  if (reader.next + 1 < events.length) report(reader, 'expected one document, found more behind `---`');
  if (root.size + reader.merged > maxValues) return refused(root.at, `aliases expand to more than ${maxValues} values`);
  if (root.depth > maxDepth) return refused(root.at, `is nested more than ${maxDepth} deep`);
  return { root, problems: reader.problems };
}

/** An upper bound of the values, found before memory is spent on them: each needs one of these in front or behind. */
function countValues(text: string): number {
  let count = 1;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (char === ',' || char === '[' || char === '{' || char === '\n') count += 1;
    else if ((char === '-' || char === ':' || char === '?') && (text[i + 1] ?? '') <= ' ') count += 1;
  }
  return count;
}

type Reader = {
  readonly text: string;
  readonly events: readonly Event[];
  next: number;
  /** Where the last thing that was read stands: an empty value has no place of its own. */
  at: number;
  readonly path: (string | number)[];
  readonly anchors: Map<string, YamlNode>;
  /** Keys copied by merging. */
  merged: number;
  readonly problems: YamlProblem[];
};

const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);
const coreTags = new Set(['!', '!!str', '!!int', '!!float', '!!bool', '!!null', '!!seq', '!!map']);

function readNode(reader: Reader): YamlNode {
  const event = reader.events[reader.next];
  reader.next += 1;
  if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return emptyAt(reader.at);
  if (event.type === EVENT_ID.ALIAS) return readAlias(reader, event.anchorStart, event.anchorEnd);
  const tag = event.tagStart === -1 ? '' : reader.text.slice(event.tagStart, event.tagEnd);
  if (tag !== '' && !coreTags.has(tag)) report(reader, `has the tag ${tag}, which means nothing here`);
  const node =
    event.type === EVENT_ID.SCALAR
      ? readScalar(reader, event, tag)
      : event.type === EVENT_ID.SEQUENCE
        ? readList(reader, event.start)
        : readMap(reader, event.start);
  if (event.anchorStart !== -1) reader.anchors.set(reader.text.slice(event.anchorStart, event.anchorEnd), node);
  return node;
}

function readAlias(reader: Reader, start: number, end: number): YamlNode {
  const name = reader.text.slice(start, end);
  reader.at = start;
  const node = reader.anchors.get(name);
  if (node) return node;
  report(reader, `refers to *${name}, and no &${name} ended before it`);
  return emptyAt(start);
}

function readScalar(reader: Reader, event: Event & { type: typeof EVENT_ID.SCALAR }, tag: string): YamlNode {
  if (event.valueStart !== -1) reader.at = event.valueStart;
  const text = getScalarValue(reader.text, event);
  const isNull = event.style === SCALAR_STYLE.PLAIN && tag !== '!!str' && tag !== '!' && nulls.has(text);
  return { kind: 'scalar', at: reader.at, size: 1, depth: 1, text, isNull };
}

function readList(reader: Reader, start: number): YamlNode {
  reader.at = start;
  const items: YamlNode[] = [];
  while (!atEnd(reader)) {
    reader.path.push(items.length);
    items.push(readNode(reader));
    reader.path.pop();
  }
  return { kind: 'list', at: start, items, ...extent(items) };
}

function readMap(reader: Reader, start: number): YamlNode {
  reader.at = start;
  const entries = new Map<string, YamlEntry>();
  const merges: YamlNode[] = [];
  while (!atEnd(reader)) {
    const isMerge = isMergeKey(reader);
    const key = readNode(reader);
    const keyAt = reader.at;
    if (key.kind !== 'scalar') report(reader, 'expected text as key');
    const name = key.kind === 'scalar' ? key.text : '';
    reader.path.push(name);
    const value = readNode(reader);
    if (isMerge) merges.push(value);
    else if (!entries.has(name)) entries.set(name, { keyAt, value });
    else report(reader, 'is there twice', keyAt);
    reader.path.pop();
  }
  for (const source of merges) merge(reader, entries, source);
  return { kind: 'map', at: start, entries, ...extent(Array.from(entries.values(), (entry) => entry.value)) };
}

/** In quotes it is a key like any other. */
function isMergeKey({ events, next, text }: Reader): boolean {
  const event = events[next];
  if (event?.type !== EVENT_ID.SCALAR || event.style !== SCALAR_STYLE.PLAIN) return false;
  return getScalarValue(text, event) === '<<';
}

/** Keys of the mapping itself win, then those of the earlier sources (https://yaml.org/type/merge.html). */
function merge(reader: Reader, entries: Map<string, YamlEntry>, source: YamlNode): void {
  if (source.kind === 'list') {
    for (const item of source.items) {
      if (item.kind === 'list') report(reader, 'expected mappings to merge, found a list');
      else merge(reader, entries, item);
    }
  } else if (source.kind === 'scalar') {
    report(reader, 'expected a mapping to merge, found text');
  } else if (reader.merged <= maxValues) {
    reader.merged += source.entries.size;
    for (const [key, entry] of source.entries) if (!entries.has(key)) entries.set(key, entry);
  }
}

/** Passes the end of a list or mapping, if it is next. */
function atEnd(reader: Reader): boolean {
  const event = reader.events[reader.next];
  if (event !== undefined && event.type !== EVENT_ID.POP) return false;
  reader.next += 1;
  return true;
}

function extent(children: readonly YamlNode[]): { size: number; depth: number } {
  let size = 1;
  let depth = 0;
  for (const child of children) {
    size += child.size;
    if (child.depth > depth) depth = child.depth;
  }
  return { size, depth: depth + 1 };
}

function report(reader: Reader, message: string, at = reader.at): void {
  if (reader.problems.length < maxProblems) reader.problems.push({ at, path: [...reader.path], message });
}

function refused(at: number, message: string): YamlTree {
  return { root: undefined, problems: [{ at, path: [], message }] };
}

function emptyAt(at: number): YamlNode {
  return { kind: 'scalar', at, size: 1, depth: 1, text: '', isNull: true };
}
