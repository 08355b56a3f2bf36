import { posix } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConfigurationReader } from '../terraform/index.ts';
import { pathRules } from './path-rules.ts';
import { dirOf, type TreeView } from './tree.ts';

type Reading = {
  readonly tree: TreeView;
  readonly modulePatterns: readonly string[] | null;
  readonly read: (paths: readonly string[]) => AsyncIterable<{ readonly path: string; readonly text: string }>;
  readonly reader: ConfigurationReader;
};

/** Which folders of a commit use which as a module. */
export type ModuleGraph = {
  /** The folders of projects that use one of these folders, by way of others too. Circles do no harm. */
  dependants(dirs: ReadonlySet<string>): Promise<ReadonlySet<string>>;
};

const filesPerTurn = 20;

/** Which files could use a folder as a module: those in which a text stands that leads there. */
type Mentions = ReadonlyMap<string, readonly string[]>;

/**
 * Parsing every file of a large repository takes seconds, so it is looked for texts that could be the source of a module
 * first; only files in which one leads to a folder in question are parsed.
 */
export function createModuleGraph(reading: Reading): ModuleGraph {
  let mentions: Promise<Mentions> | undefined;
  const parsed = new Map<string, ReadonlySet<string>>();
  const usersOf = async (dirs: ReadonlySet<string>): Promise<string[]> => {
    mentions ??= readMentions(reading);
    const found = await mentions;
    const files = [...new Set([...dirs].flatMap((dir) => found.get(dir) ?? []))];
    await parse(reading, files, parsed);
    return files.filter((path) => [...(parsed.get(path) ?? [])].some((dir) => dirs.has(dir))).map(dirOf);
  };
  return {
    dependants: async (dirs) => {
      const { modulePatterns, tree } = reading;
      if (modulePatterns === null) return new Set();
      const found = new Set<string>();
      for (let next = dirs; next.size > 0; ) {
        const users = new Set((await usersOf(next)).filter((dir) => !found.has(dir)));
        for (const dir of users) found.add(dir);
        next = users;
      }
      const rules = pathRules(modulePatterns);
      // Any file may be the mark of a project, such as one of variables.
      const projects = new Set<string>();
      for (const path of tree.files) {
        const dir = dirOf(path);
        if (found.has(dir) && !projects.has(dir) && rules.matches(path, '.')) projects.add(dir);
      }
      return projects;
    },
  };
}

async function readMentions({ tree, read }: Reading): Promise<Mentions> {
  const mentions = new Map<string, string[]>();
  const configuration = tree.projectFiles.filter((path) => /\.(tf|tofu)(\.json)?$/.test(path));
  for await (const { path, text } of read(configuration)) {
    if (!text.includes('module') || !text.includes('source')) continue;
    const dirs = new Set(
      [...text.matchAll(/"(\.\.?(?:\/[^"\n]*)?)"/g)].map(([, source = '']) => moduleDir(path, source)),
    );
    for (const dir of dirs) {
      const known = mentions.get(dir);
      if (known) known.push(path);
      else mentions.set(dir, [path]);
    }
  }
  return mentions;
}

/** Adds the folders that files use as modules. */
async function parse(
  { read, reader }: Reading,
  paths: readonly string[],
  parsed: Map<string, ReadonlySet<string>>,
): Promise<void> {
  const unknown = paths.filter((path) => !parsed.has(path));
  for await (const { path, text } of read(unknown)) {
    // The files that use a popular module take seconds, in which others want to be served.
    if (parsed.size % filesPerTurn === 0) await nextTurn();
    const sources = await reader.moduleSources([{ path, content: text }]);
    const local = sources.filter((source) => /^\.\.?(\/|$)/.test(source));
    parsed.set(path, new Set(local.map((source) => moduleDir(path, source))));
  }
}

/** The folder that a source leads to from the folder of the file it stands in; outside it begins with `..`. */
function moduleDir(path: string, source: string): string {
  return posix.join(dirOf(path), source).replace(/(.)\/+$/, '$1');
}
