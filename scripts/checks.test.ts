import { spawnSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Files, makeRepo } from '../test/support/git.ts';
import { temporaryDir } from '../test/support/temp.ts';

/** Runs a script of this folder in a repository that has these files; gives the lines about problems, sorted. */
async function problems(script: string, files: Files): Promise<string[]> {
  const dir = await temporaryDir();
  await makeRepo(dir, files);
  const modules = join(import.meta.dirname, '..', 'node_modules');
  await symlink(modules, join(dir, 'node_modules'));
  const tsx = join(modules, 'tsx', 'dist', 'esm', 'index.mjs');
  const { stderr } = spawnSync(process.execPath, ['--import', tsx, join(import.meta.dirname, script)], {
    cwd: dir,
    encoding: 'utf8',
  });
  return stderr.split('\n').filter(Boolean).sort();
}

it('holds the modules to the import table', async () => {
  const files = {
    'package.json': '{ "name": "sample", "type": "module", "devDependencies": { "vitest": "*" } }',
    'src/lib/ids.ts': "import '../db/index.ts';\nexport const a = 1;\n",
    'src/db/index.ts': "export * from './rows.ts';\n",
    'src/db/rows.ts': "export type Row = { a: 1 };\nimport '../lib/ids.ts';\n",
    'src/runs/index.ts': "import type { Row } from '../db/rows.ts';\nexport type Run = Row;\nimport 'vitest';\n",
    'src/runs/run.test.ts': "import 'vitest';\nimport '../server.ts';\n",
    'src/locks/index.ts': "import '../plans/index.ts';\nexport const b = 1;\n",
    'src/plans/index.ts': 'export const c = 1;\n',
    'src/plans/late.ts': "import '../locks/index.ts';\nimport './missing.ts';\n",
    'src/vcs/index.ts': "import './local/index.ts';\n",
    'src/vcs/local/index.ts': "import '../../git/index.ts';\nimport '../../queue/index.ts';\n",
    'src/vcs/github/index.ts': "import '../../git/index.ts';\nimport '../local/parts.ts';\n",
    'src/vcs/local/parts.ts': 'export const d = 1;\n',
    'src/git/index.ts': 'export const e = 1;\n',
    'src/queue/index.ts': 'export const f = 1;\n',
    'src/server.ts': "import './runs/index.ts';\nimport '../test/support/thing.ts';\nimport './vcs/local/parts.ts';\n",
    'src/helpers/index.ts': 'export const g = 1;\n',
    'test/support/thing.ts': 'export const h = 1;\n',
  };

  expect(await problems('check-imports.ts', files)).toEqual([
    'folder-cycles: db, lib, locks, plans import each other',
    'host-adapter-local: src/vcs/local/index.ts → src/queue/index.ts',
    'host-adapter: src/vcs/github/index.ts → src/git/index.ts',
    'host-adapter: src/vcs/github/index.ts → src/vcs/local/parts.ts',
    'host-index-only: src/vcs/github/index.ts → src/vcs/local/parts.ts',
    'import-table: src/helpers/index.ts is in a folder that scripts/import-table.ts does not list',
    'imports-of-git-terraform-queue-job-logs-vcs: src/vcs/index.ts → src/vcs/local/index.ts',
    'imports-of-lib: src/lib/ids.ts → src/db/index.ts',
    'index-only: src/runs/index.ts → src/db/rows.ts',
    'index-only: src/server.ts → src/vcs/local/parts.ts',
    'no-cycles: src/db/index.ts → src/db/rows.ts',
    expect.stringMatching(/^no-development-packages: src\/runs\/index\.ts → .*\/vitest\//),
    'resolvable: src/plans/late.ts → ./missing.ts',
    'shipped-code-only: src/server.ts → test/support/thing.ts',
  ]);
});

it('fails when there was nothing to check', async () => {
  const files = { 'package.json': '{}', 'src/.keep': '' };

  expect(await problems('check-imports.ts', files)).toEqual([
    'dependency-cruiser read 0 of 0 modules in src, and 0 imports',
  ]);
});

it('holds the files to the rules of the house', async () => {
  const files = {
    'package-lock.json': JSON.stringify({
      packages: {
        '': { engines: { node: '>=20.19' } },
        'node_modules/a': { resolved: 'https://registry.example/a.tgz', engines: { node: '>= 18 || 16' } },
        'node_modules/b': { engines: { node: '>=22' } },
      },
    }).replaceAll('":"', '": "'),
    'src/runs/cache.ts': [
      'let last = 0;',
      'const seen = new Map<string, number>();',
      'const list: string[] = [];',
      'const fixed = new Set([1]);',
      'export class Thing {}',
      'export function f() { let a = 1; return [a, last, seen, list, fixed]; }',
    ].join('\n'),
    'docs/notes.md': `Nothing here.\nSee ${homedir()}/notes.\n`,
    'src/runs/cache.test.ts': 'let setUp = 0;\n',
    'src/lib/utils.ts': 'export const a = 1;\n',
    'src/lib/errors.ts': 'export class PolderError extends Error {}\n',
  };

  expect(await problems('check-house-rules.ts', files)).toEqual([
    `docs/notes.md:2: a path of this machine: ${homedir()}`,
    "package-lock.json:1: 1 addresses of a registry; run npm install with this folder's .npmrc",
    'package-lock.json:1: node_modules/b wants Node >=22, and this project works with >=20.19',
    'src/lib/utils.ts:1: the name says nothing: name the file for its main export',
    'src/runs/cache.ts:1: module-level state: `let` or `var`',
    'src/runs/cache.ts:2: module-level state: a collection that only makes sense filled',
    'src/runs/cache.ts:3: module-level state: a collection that only makes sense filled',
    'src/runs/cache.ts:5: a class: write functions over plain data',
  ]);
});
