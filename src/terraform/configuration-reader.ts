import { createRequire } from 'node:module';
import type { Node, Parser } from 'web-tree-sitter';
import { parseJson } from '../lib/parse-json.ts';
import type { ConfigurationFile } from './types.ts';

/** Looks into root modules. Broken files are tolerated: the engine is the one to complain. */
export type ConfigurationReader = {
  /**
   * The one `required_version` of a root module. Null when there is none, when there are several, which nobody but the
   * engine can put together, and when it is not a literal.
   */
  requiredVersion(files: readonly ConfigurationFile[]): Promise<string | null>;
  /**
   * The literal `name` in `terraform { cloud { workspaces { name = "…" } } }`: the workspace such a project always works
   * in. Null without exactly one `cloud` block, or when it chooses by tags or project.
   */
  cloudWorkspace(files: readonly ConfigurationFile[]): Promise<string | null>;
  /** The literal `source` of each `module` block. */
  moduleSources(files: readonly ConfigurationFile[]): Promise<readonly string[]>;
};

/** The grammar is loaded when a file first needs it, some 20 ms: most root modules have neither setting. */
export function createConfigurationReader(): ConfigurationReader {
  let parser: Promise<Parser> | undefined;
  const settings = async (files: readonly ConfigurationFile[], path: readonly string[]): Promise<Setting[]> => {
    const names = path.filter((name) => name !== anyLabel);
    const relevant = files.filter(({ content }) => names.every((name) => content.includes(name)));
    const found = relevant.map(async (file) => {
      if (file.path.endsWith('.json')) return settingsOfJson(file.content, path);
      parser ??= loadParser();
      return settingsOfHcl(await parser, file.content, path);
    });
    return (await Promise.all(found)).flat();
  };
  return {
    requiredVersion: async (files) => only(await settings(files, ['terraform', 'required_version'])),
    cloudWorkspace: async (files) => {
      const blocks = await settings(files, ['terraform', 'cloud']);
      return blocks.length === 1 ? only(await settings(files, ['terraform', 'cloud', 'workspaces', 'name'])) : null;
    },
    moduleSources: async (files) =>
      (await settings(files, ['module', anyLabel, 'source'])).flatMap(({ literal }) => literal ?? []),
  };
}

/** Stands for the label of a block, whatever it is. In JSON a label is the name of an object. */
const anyLabel = '*';

/** The value of a literal string, or null for anything else. */
type Setting = { readonly literal: string | null };

function only(found: readonly Setting[]): string | null {
  return found.length === 1 ? (found[0]?.literal ?? null) : null;
}

async function loadParser(): Promise<Parser> {
  const { Language, Parser: HclParser } = await import('web-tree-sitter');
  await HclParser.init();
  const { resolve } = createRequire(import.meta.url);
  const grammar = await Language.load(resolve('@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm'));
  return new HclParser().setLanguage(grammar);
}

/** Follows nested blocks by name; the last part may name a block or an attribute. A block has a label where one is due. */
function settingsOfHcl(parser: Parser, content: string, path: readonly string[]): Setting[] {
  const tree = parser.parse(content);
  if (!tree) return [];
  const steps = path.flatMap((name, at) =>
    name === anyLabel ? [] : [{ name, isLabelled: path[at + 1] === anyLabel }],
  );
  try {
    return steps
      .reduce<Node[]>((nodes, step) => nodes.flatMap((node) => membersNamed(node, step)), [tree.rootNode])
      .map((node) => ({ literal: node.type === 'attribute' ? literalOf(node) : null }));
  } finally {
    tree.delete();
  }
}

type Step = { readonly name: string; readonly isLabelled: boolean };

function membersNamed(node: Node, { name, isLabelled }: Step): Node[] {
  const bodies = node.namedChildren.filter((child) => child?.type === 'body');
  const members = bodies.flatMap((body) => body?.namedChildren ?? []);
  return members.filter((member): member is Node => {
    if (member?.type !== 'block' && member?.type !== 'attribute') return false;
    const [identifier, second] = member.namedChildren;
    const hasLabel = second?.type === 'string_lit' || second?.type === 'identifier';
    return identifier?.text === name && hasLabel === isLabelled;
  });
}

function literalOf(attribute: Node): string | null {
  const [literal] = attribute.descendantsOfType('expression')[0]?.namedChildren ?? [];
  const [text] = literal?.type === 'literal_value' ? literal.namedChildren : [];
  return text?.type === 'string_lit' ? parseQuoted(text.text) : null;
}

/** The escapes in question are those of JSON; a longer `\U` escape makes the value unknown. */
function parseQuoted(quoted: string): string | null {
  const value = parseJson(quoted);
  return typeof value === 'string' ? value : null;
}

/** In JSON configuration a block is an object or, where it may be repeated, an array of objects. */
function settingsOfJson(content: string, path: readonly string[]): Setting[] {
  return path
    .reduce<unknown[]>((values, name) => values.flatMap((value) => memberOf(value, name)), [parseJson(content)])
    .map((value) => ({ literal: typeof value === 'string' && !value.includes('${') ? value : null }));
}

function memberOf(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (name === anyLabel) return Object.keys(value).flatMap((label) => memberOf(value, label));
  const member = (value as Record<string, unknown>)[name];
  if (member == null) return [];
  return Array.isArray(member) ? (member as unknown[]) : [member];
}
