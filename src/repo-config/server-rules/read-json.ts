import { z } from 'zod';
import { errorText } from '../../lib/errors.ts';
import { readYaml, type YamlTree } from '../read-yaml.ts';
import { unwrapped } from '../unknown-key.ts';
import type { YamlEntry, YamlNode } from '../yaml-tree.ts';

/**
 * Reads JSON with the place of every value, as `readYaml` does, of which JSON is a part. Keys of the schema are found
 * whatever their case, as Go reads JSON (https://pkg.go.dev/encoding/json#Unmarshal).
 */
export function readJson(text: string, schema: z.ZodType): YamlTree {
  try {
    JSON.parse(text);
  } catch (error) {
    return { root: undefined, problems: [{ at: 0, path: [], message: `is not JSON: ${errorText(error)}` }] };
  }
  const { root, problems } = readYaml(text);
  return { root: root && withKnownKeys(root, schema), problems };
}

function withKnownKeys(node: YamlNode, schema: unknown): YamlNode {
  const inner = unwrapped(schema);
  if (node.kind === 'list' && inner instanceof z.ZodArray) {
    return { ...node, items: node.items.map((item) => withKnownKeys(item, inner.element)) };
  }
  if (node.kind !== 'map') return node;
  const entries = new Map<string, YamlEntry>();
  for (const [written, entry] of node.entries) {
    const key = inner instanceof z.ZodObject ? knownKey(written, Object.keys(inner.shape)) : written;
    const below: unknown =
      inner instanceof z.ZodObject ? inner.shape[key] : inner instanceof z.ZodRecord ? inner.valueType : null;
    // A key that is there in two cases stays as written the second time, and so is refused.
    const isTaken = node.entries.has(key) || entries.has(key);
    entries.set(isTaken ? written : key, { ...entry, value: withKnownKeys(entry.value, below) });
  }
  return { ...node, entries };
}

function knownKey(written: string, known: readonly string[]): string {
  const folded = written.toLowerCase();
  // Atlantis gives this key no name for JSON, and so reads it under that of its field.
  if (folded === 'ignorepaths' && known.includes('ignore_paths')) return 'ignore_paths';
  return known.find((key) => key.toLowerCase() === folded) ?? written;
}
