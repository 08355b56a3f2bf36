/*
 * Holds `src/` to the import table. Fails also when nothing was checked: without a TypeScript that it knows,
 * dependency-cruiser reads no module, and calls that success.
 */
import { existsSync } from 'node:fs';
import { cruise, type ICruiseResult, type IForbiddenRuleType, type IModule } from 'dependency-cruiser';
import { hostAdapterImports, layers } from './import-table.ts';
import { trackedFiles } from './tracked-files.ts';

const test = '\\.test\\.ts$';
const host = '^src/vcs/[^/]+/';

const rules: IForbiddenRuleType[] = [
  ...layers.flatMap(layerRule),
  {
    name: 'host-adapter',
    comment: 'The adapter of a host translates: it uses vcs and lib alone.',
    severity: 'error',
    from: { path: '^src/vcs/([^/]+)/', pathNot: [test, '^src/vcs/local/'] },
    to: { path: '^src/', pathNot: ['^src/vcs/$1/', ...allowedTo(hostAdapterImports.every)] },
  },
  {
    name: 'host-adapter-local',
    comment: 'The local host uses vcs, lib, git and db alone.',
    severity: 'error',
    from: { path: '^src/vcs/local/', pathNot: test },
    to: { path: '^src/', pathNot: ['^src/vcs/local/', ...allowedTo(hostAdapterImports.local)] },
  },
  {
    name: 'index-only',
    comment: 'Outside a folder, import its index.ts. (lib has none: each of its files stands alone.)',
    severity: 'error',
    from: { path: '^src/([^/]+)' },
    to: { path: '^src/([^/]+)/.+', pathNot: ['^src/$1/', '^src/lib/', '^src/[^/]+/index\\.ts$', `${host}index\\.ts$`] },
  },
  {
    name: 'host-index-only',
    comment: 'Outside the folder of a host, import its index.ts.',
    severity: 'error',
    from: { path: '^src/vcs/([^/]+\\.ts$|[^/]+/)' },
    to: { path: `${host}.+`, pathNot: ['^src/vcs/$1', `${host}index\\.ts$`] },
  },
  {
    name: 'shipped-code-only',
    comment: 'What is shipped does not use what is not.',
    severity: 'error',
    from: { path: '^src/', pathNot: test },
    to: { path: ['^(test|scripts|bench)/', test] },
  },
  {
    name: 'no-development-packages',
    comment: 'What is shipped uses only what `npm ci --omit=dev` installs.',
    severity: 'error',
    from: { path: '^src/', pathNot: test },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
  { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
];

function layerRule(names: readonly string[], position: number): IForbiddenRuleType[] {
  const own = names.filter((name) => !name.includes('<'));
  const allowed = layers.slice(0, position + 1).flat();
  return [
    {
      name: `imports-of-${own.join('-')}`,
      comment: `May import ${allowed.join(', ')}.`,
      severity: 'error',
      from: { path: own.map(folder), pathNot: [test, host] },
      to: { path: '^src/', pathNot: allowedTo(allowed) },
    },
  ];
}

function folder(name: string): string {
  return name === 'vcs/<host>' ? host : `^src/${name}(/|\\.ts$)`;
}

/** `vcs` alone does not mean the hosts in it. */
function allowedTo(names: readonly string[]): string[] {
  return names.map((name) => (name === 'vcs' ? '^src/vcs/[^/]+\\.ts$' : folder(name)));
}

/** Folders that import each other, though no file does. Tests may look anywhere. */
function folderCycles(modules: readonly IModule[]): string[] {
  const edges = new Map<string, Set<string>>();
  for (const { source, dependencies } of modules.filter((module) => !new RegExp(test).test(module.source))) {
    for (const { resolved } of dependencies) {
      const [from, to] = [folderOf(source), folderOf(resolved)];
      if (from && to && from !== to) edges.set(from, (edges.get(from) ?? new Set()).add(to));
    }
  }
  const reaches = (from: string, to: string, seen: Set<string>): boolean =>
    [...(edges.get(from) ?? [])].some((next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))));
  const inCycle = [...edges.keys()].filter((name) => reaches(name, name, new Set()));
  return inCycle.length === 0 ? [] : [`folder-cycles: ${inCycle.sort().join(', ')} import each other`];
}

function folderOf(path: string): string | undefined {
  return /^src\/(vcs\/[^/]+(?=\/)|[^/]+)/.exec(path)?.[1];
}

function notInTable(modules: readonly IModule[]): string[] {
  const known = layers.flat().map((name) => new RegExp(folder(name)));
  return modules
    .filter(({ source }) => source.startsWith('src/') && !known.some((pattern) => pattern.test(source)))
    .map(({ source }) => `import-table: ${source} is in a folder that scripts/import-table.ts does not list`);
}

async function main(): Promise<void> {
  const { output } = await cruise(['src', 'test', 'scripts', 'bench'].filter(existsSync), {
    ruleSet: { forbidden: rules },
    validate: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)fixtures/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  });
  if (typeof output === 'string') throw new Error('dependency-cruiser gave text where its result was expected');
  report(output);
}

function report({ modules, summary }: ICruiseResult): void {
  const problems = [
    ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    ...folderCycles(modules),
    ...notInTable(modules),
  ];
  const read = modules.filter(({ source }) => /^src\/.*\.ts$/.test(source)).length;
  const expected = trackedFiles().filter((path) => /^src\/.*\.ts$/.test(path)).length;
  const imports = modules.reduce((sum, module) => sum + module.dependencies.length, 0);
  if (read < expected || imports === 0) {
    problems.push(`dependency-cruiser read ${read} of ${expected} modules in src, and ${imports} imports`);
  }
  for (const problem of problems) console.error(problem);
  console.log(`${read} modules, ${imports} imports, ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

await main();
