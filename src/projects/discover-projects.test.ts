import { describe, expect, it } from 'vitest';
import { selectionContext } from '../../test/support/selection.ts';
import type { AutodiscoverMode } from '../repo-config/index.ts';
import { discoverDirs } from './discover-projects.ts';
import { openScope } from './selection-scope.ts';
import { treeOf } from './tree.ts';

type Discovery = { mode?: AutodiscoverMode; ignorePaths?: string[]; configuredDirs?: string[]; fileList?: string[] };

function discovered(paths: string[], discovery: Discovery = {}): readonly string[] {
  const { mode = 'auto', ignorePaths = [], configuredDirs = [], fileList = ['**/*'] } = discovery;
  const listed = configuredDirs.map((dir) => `- dir: ${JSON.stringify(dir)}`).join('\n');
  const config = `version: 3\nautodiscover: {ignore_paths: ${JSON.stringify(ignorePaths)}}\nprojects:\n${listed}`;
  const scope = openScope(selectionContext({ config, mode, tree: treeOf(paths), autoplanFileList: fileList }));
  if (scope.kind === 'invalid') throw new Error(scope.message);
  return discoverDirs(scope);
}

describe('discoverDirs', () => {
  const rows: [name: string, paths: string[], discovery: Discovery, dirs: string[]][] = [
    [
      'finds folders with Terraform files, sorted',
      ['b/main.tf', 'main.tf', 'a/c/x.tofu', 'docs/x.md'],
      {},
      ['.', 'a/c', 'b'],
    ],
    ['leaves out modules and what is below', ['modules/vpc/main.tf', 'a/modules/x/y/main.tf', 'a/main.tf'], {}, ['a']],
    ['keeps folders that only sound like modules', ['my-modules/main.tf', 'modules.tf'], {}, ['.', 'my-modules']],
    ['leaves out what tools write', ['.terraform/a/main.tf', 'a/.terragrunt-cache/b/main.tf'], {}, []],
    ['leaves out names that no one could ask for', ['a\nb/main.tf', 'a\\b/main.tf'], {}, []],
    ['leaves out ignored folders', ['a/main.tf', 'old/x/main.tf', 'old/main.tf'], { ignorePaths: ['old/**'] }, ['a']],
    [
      'leaves out one ignored folder, and not those below',
      ['old/main.tf', 'old/x/main.tf'],
      { ignorePaths: ['old'] },
      ['old/x'],
    ],
    ['finds nothing where the mode is off', ['main.tf'], { mode: 'disabled' }, []],
    ['finds nothing beside listed projects', ['a/main.tf', 'b/main.tf'], { configuredDirs: ['a'] }, []],
    [
      'finds the others beside listed projects when asked to',
      ['a/main.tf', 'b/main.tf'],
      { mode: 'enabled', configuredDirs: ['a'] },
      ['b'],
    ],
    [
      'takes listed patterns for listed',
      ['a/main.tf', 'b/c/main.tf'],
      { mode: 'enabled', configuredDirs: ['b/*'] },
      ['a'],
    ],
    ['wants a file on the list', ['a/main.tf', 'b/terragrunt.hcl'], { fileList: ['**/terragrunt.hcl'] }, ['b']],
    ['lets the list exclude files', ['a/main.tf', 'b/main.tf'], { fileList: ['**/*.tf', '!b/**'] }, ['a']],
  ];
  it.each(rows)('%s', (...[_name, paths, discovery, dirs]) => {
    expect(discovered(paths, discovery)).toEqual(dirs);
  });

  it('looks through 100,000 files', () => {
    const paths = Array.from({ length: 100_000 }, (_, i) => `team${i % 100}/app${i % 10_000}/file${i}.tf`);
    expect(discovered(paths, { ignorePaths: ['team7/**'] })).toHaveLength(9_900);
  });
});
