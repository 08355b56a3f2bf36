import { describe, expect, it } from 'vitest';
import { type SelectionParts, selectionContext } from '../../test/support/selection.ts';
import type { PathSelector } from '../commands/index.ts';
import { selectProjects } from './select-projects.ts';
import { treeOf } from './tree.ts';

const tree = treeOf([
  'README.md',
  'docs/a.md',
  'dev/main.tf',
  'prod/main.tf',
  'env/eu/main.tf',
  'env/us/main.tf',
  'env/notes.txt',
  'modules/vpc/main.tf',
  'old/app/main.tf',
]);

const listed = `version: 3
projects:
- name: dev
  dir: dev
- name: prod-eu
  dir: prod
  workspace: eu
- name: prod-us
  dir: ./prod/
  workspace: us
  terraform_version: 1.5
- name: prod-eu-2
  dir: prod
  workspace: eu
- dir: env/*
- name: released
  dir: old/app
  branch: /^release-/
- name: gone
  dir: gone
`;

type Asked = { projects?: string[]; paths?: PathSelector[] } & Partial<SelectionParts>;

function select({ projects = [], paths = [], ...parts }: Asked) {
  return selectProjects({
    ...selectionContext({ tree, autoplanFileList: ['**/*.tf'], ...parts }),
    selection: { projects, paths },
  });
}

/** Selected projects as `name dir workspace`, or the reason and message of a refusal. */
function summary(asked: Asked): string[] {
  const selected = select(asked);
  if (selected.kind === 'rejected') return [selected.reason, selected.message];
  return selected.projects.map(({ name, dir, workspace }) => `${name} ${dir} ${workspace}`);
}

describe('selectProjects', () => {
  const selected: [name: string, asked: Asked, projects: string[]][] = [
    ['finds a project by name', { config: listed, projects: ['dev'] }, ['dev dev default']],
    ['takes names exactly', { config: listed, projects: ['prod-eu'] }, ['prod-eu prod eu']],
    [
      'keeps the order of asking',
      { config: listed, projects: ['prod-us', 'dev'] },
      ['prod-us prod us', 'dev dev default'],
    ],
    [
      'runs what is named twice once',
      { config: listed, projects: ['dev', 'dev'], paths: [{ directory: './dev' }] },
      ['dev dev default'],
    ],
    ['finds a listed folder', { config: listed, paths: [{ directory: 'dev' }] }, ['dev dev default']],
    [
      'finds a listed folder however it is written',
      { config: listed, paths: [{ directory: './dev//' }] },
      ['dev dev default'],
    ],
    [
      'finds a listed workspace',
      { config: listed, paths: [{ directory: 'prod', workspace: 'us' }] },
      ['prod-us prod us'],
    ],
    [
      'narrows a name by folder and workspace',
      { config: listed, paths: [{ projectName: 'prod-us', directory: 'prod', workspace: 'us' }] },
      ['prod-us prod us'],
    ],
    ['finds a name alone in a path', { config: listed, paths: [{ projectName: 'prod-us' }] }, ['prod-us prod us']],
    [
      'finds a folder that a listed pattern matches',
      { config: listed, paths: [{ directory: 'env/us' }] },
      [' env/us default'],
    ],
    [
      'finds listed folders by pattern',
      { config: listed, paths: [{ directory: 'env/*' }] },
      [' env/eu default', ' env/us default'],
    ],
    [
      'finds listed folders of a workspace by pattern',
      { config: listed, paths: [{ directory: '**', workspace: 'us' }] },
      ['prod-us prod us'],
    ],
    [
      'finds a project of the base branch',
      { config: listed, projects: ['released'], baseBranch: 'release-1' },
      ['released old/app default'],
    ],
    [
      'makes a project of a folder that is not listed',
      { config: listed, paths: [{ directory: 'docs', workspace: 'w' }] },
      [' docs w'],
    ],
    ['makes a project of any folder without configuration', { paths: [{ directory: 'env/eu' }] }, [' env/eu default']],
    ['takes the root for a workspace alone', { paths: [{ workspace: 'w' }] }, [' . w']],
    [
      'discovers folders by pattern without configuration',
      { paths: [{ directory: 'env/*' }] },
      [' env/eu default', ' env/us default'],
    ],
    [
      'discovers folders in the workspace asked for',
      { paths: [{ directory: 'env/e?', workspace: 'w' }] },
      [' env/eu w'],
    ],
    [
      'discovers everything but modules',
      { paths: [{ directory: '**' }] },
      [' dev default', ' env/eu default', ' env/us default', ' old/app default', ' prod default'],
    ],
    [
      'discovers beside listed projects when enabled',
      {
        config: 'version: 3\nprojects: [{dir: dev}]\nautodiscover: {mode: enabled, ignore_paths: ["{env,old}/*"]}',
        paths: [{ directory: '**' }],
      },
      [' dev default', ' prod default'],
    ],
    [
      'leaves the root to listed patterns of everything',
      { config: 'version: 3\nprojects: [{dir: "*"}]', paths: [{ directory: '**' }] },
      [' dev default', ' prod default'],
    ],
  ];
  it.each(selected)('%s', (_name, asked, projects) => {
    expect(summary(asked)).toEqual(projects);
  });

  const rejected: [name: string, asked: Asked, reason: string, message: string][] = [
    [
      'nothing at all',
      {},
      'selection_empty',
      'nothing is selected: name at least one project in Projects or one path in Paths',
    ],
    [
      'a path outside',
      { paths: [{ directory: '../..' }] },
      'path_invalid',
      `invalid directory "../..": cannot contain '..'`,
    ],
    [
      'an unknown name',
      { config: listed, projects: ['zz'] },
      'project_unknown',
      "failed to build command: no project with name 'zz' is defined in 'atlantis.yaml'",
    ],
    [
      'a part of a name',
      { config: listed, projects: ['prod'] },
      'project_unknown',
      "failed to build command: no project with name 'prod' is defined in 'atlantis.yaml'",
    ],
    [
      'a pattern for a name',
      { config: listed, projects: ['.*'] },
      'project_unknown',
      "failed to build command: no project with name '.*' is defined in 'atlantis.yaml'",
    ],
    [
      'an empty name, although there are projects without one',
      { config: listed, projects: [''] },
      'project_unknown',
      "failed to build command: no project with name '' is defined in 'atlantis.yaml'",
    ],
    [
      'a name without configuration',
      { projects: ['dev'] },
      'project_unknown',
      'failed to build command: cannot specify a project name unless an atlantis.yaml file exists to configure projects',
    ],
    [
      'a name for another branch',
      { config: listed, projects: ['released'] },
      'project_unknown',
      "failed to build command: no project with name 'released' is defined in 'atlantis.yaml' on branch: 'main'",
    ],
    [
      'a name in another folder',
      { config: listed, paths: [{ projectName: 'dev', directory: 'prod', workspace: 'eu' }] },
      'project_unknown',
      "failed to build command: no project with name 'dev' is defined in 'atlantis.yaml' for dir: 'prod' workspace: 'eu'",
    ],
    [
      'a folder for another branch',
      { config: listed, paths: [{ directory: 'old/app' }] },
      'project_unknown',
      "failed to build command: no project is defined in 'atlantis.yaml' for dir: 'old/app' on branch: 'main'",
    ],
    [
      'a folder with two projects in one workspace',
      { config: listed, paths: [{ directory: 'prod', workspace: 'eu' }] },
      'project_unknown',
      "failed to build command: must specify project name: more than one project defined in 'atlantis.yaml' matched dir: 'prod' workspace: 'eu'",
    ],
    [
      'a workspace that is not listed for a folder',
      { config: listed, paths: [{ directory: 'prod' }] },
      'project_unknown',
      'failed to build command: running commands in workspace "default" is not allowed because this directory is only configured for the following workspaces: eu, us',
    ],
    ['an unknown folder', { paths: [{ directory: 'nope' }] }, 'dir_unknown', 'dir "nope" does not exist'],
    ['a file', { paths: [{ directory: 'README.md' }] }, 'dir_unknown', 'dir "README.md" does not exist'],
    [
      'a listed folder that is gone',
      { config: listed, projects: ['gone'] },
      'dir_unknown',
      'dir "gone" does not exist',
    ],
    ['a pattern that matches nothing', { paths: [{ directory: 'x/*' }] }, 'dir_unknown', 'dir "x/*" does not exist'],
    [
      'a pattern over what is not listed',
      { config: listed, paths: [{ directory: 'do*' }] },
      'dir_unknown',
      'dir "do*" does not exist',
    ],
    [
      'a pattern where discovery is off',
      { mode: 'disabled', paths: [{ directory: '**' }] },
      'dir_unknown',
      'dir "**" does not exist',
    ],
    [
      'a pattern that is none',
      { paths: [{ directory: 'a[' }] },
      'path_invalid',
      'invalid directory "a[": is not a valid pattern',
    ],
    [
      'two projects with one name',
      { config: 'version: 3\nprojects:\n- {dir: dev, name: a}\n- {dir: prod, name: a}', projects: ['a'] },
      'config_invalid',
      'failed to build command: parsing atlantis.yaml: line 4: projects[1].name: found two or more projects with name "a"; project names must be unique',
    ],
    [
      'two projects in one folder, the later without name',
      { config: 'version: 3\nprojects:\n- {dir: ., name: a}\n- dir: .', paths: [{ directory: '.' }] },
      'config_invalid',
      `failed to build command: parsing atlantis.yaml: line 4: projects[1]: there are two or more projects with dir: "." workspace: "default" that are not all named; they must have a 'name' key so they can be targeted for apply's separately`,
    ],
    [
      'two projects in one folder, the earlier without name',
      { config: 'version: 3\nprojects:\n- dir: env/*\n- {dir: env/eu, name: a}', paths: [{ directory: '.' }] },
      'config_invalid',
      `failed to build command: parsing atlantis.yaml: line 4: projects[1]: there are two or more projects with dir: "env/eu" workspace: "default" that are not all named; they must have a 'name' key so they can be targeted for apply's separately`,
    ],
    [
      'the other usual ending of the file',
      { tree: treeOf(['atlantis.yml', 'main.tf']), paths: [{ directory: '.' }] },
      'config_invalid',
      `failed to build command: looking for 'atlantis.yaml' file in '.': found "atlantis.yml" as config file; rename using the .yaml extension`,
    ],
  ];
  it.each(rejected)('refuses %s', (...[_name, asked, reason, message]) => {
    expect(summary(asked)).toEqual([reason, message]);
  });

  it('lets one name stand for two projects of different branches', () => {
    const config =
      'version: 3\nprojects:\n- {dir: dev, name: a, branch: /main/}\n- {dir: prod, name: a, branch: /rel/}';
    expect(summary({ config, projects: ['a'] })).toEqual(['a dev default']);
    expect(summary({ config, projects: ['a'], baseBranch: 'rel' })).toEqual(['a prod default']);
  });

  it('discovers nothing just because every listed project is for another branch', () => {
    const config = 'version: 3\nprojects:\n- {dir: dev, branch: /rel/}';
    expect(summary({ config, paths: [{ directory: '**' }] })[0]).toBe('dir_unknown');
  });

  describe('with links in the tree', () => {
    const links = new Map([
      ['live', 'prod'],
      ['out', '../elsewhere'],
    ]);
    const linked = treeOf(['prod/main.tf', 'live', 'out'], links);
    const config = 'version: 3\nprojects: [{name: in, dir: live}, {name: gone, dir: live/x}, {name: left, dir: out/x}]';

    it('takes a folder that a link leads to', () => {
      expect(summary({ tree: linked, paths: [{ directory: 'live' }] })).toEqual([' live default']);
      expect(summary({ tree: linked, config, projects: ['in'] })).toEqual(['in live default']);
    });

    it('refuses what a link leads to that is not there', () => {
      const message = 'dir "live/x" does not exist';
      expect(summary({ tree: linked, paths: [{ directory: 'live/x' }] })).toEqual(['dir_unknown', message]);
      expect(summary({ tree: linked, config, projects: ['gone'] })).toEqual(['dir_unknown', message]);
    });

    it('refuses what a link leads out to', () => {
      const message = 'dir "out/x" leads out of the repository through a symbolic link';
      expect(summary({ tree: linked, paths: [{ directory: 'out/x' }] })).toEqual(['path_invalid', message]);
      expect(summary({ tree: linked, config, projects: ['left'] })).toEqual(['path_invalid', message]);
      expect(summary({ tree: linked, config, paths: [{ directory: '**' }] })[0]).toBe('dir_unknown');
    });
  });

  it('leaves out ignored folders and names them', () => {
    const config = 'version: 3\nautodiscover: {ignore_paths: ["old/**"]}';
    const found = select({ config, paths: [{ directory: 'old/app' }, { directory: 'dev' }] });
    expect(found).toMatchObject({ kind: 'selected', projects: [{ dir: 'dev' }], ignoredDirs: ['old/app'] });
  });

  it('answers with no project when all that was asked for is ignored', () => {
    const config = 'version: 3\nautodiscover: {ignore_paths: ["old/**"]}';
    expect(select({ config, paths: [{ directory: 'old/app' }] })).toMatchObject({ kind: 'selected', projects: [] });
  });

  it.each([
    ['discovery is off', 'version: 3\nautodiscover: {mode: disabled, ignore_paths: ["old/**"]}'],
    [
      'the configuration lists the folder',
      'version: 3\nprojects: [{dir: old/app}]\nautodiscover: {mode: enabled, ignore_paths: ["old/**"]}',
    ],
  ])('does not ignore a folder where %s', (_name, config) => {
    expect(summary({ config, paths: [{ directory: 'old/app' }] })).toEqual([' old/app default']);
  });

  it('orders by execution_order_group and otherwise as asked', () => {
    const group = (name: string, number: number) => `- {dir: ${name}, name: ${name}, execution_order_group: ${number}}`;
    const config = `version: 3\nprojects:\n${[group('dev', 2), group('prod', -1), group('docs', 2), group('env', 0)].join('\n')}`;
    const projects = ['docs', 'env', 'dev', 'prod'];
    expect(summary({ config, projects }).map((line) => line.split(' ')[0])).toEqual(['prod', 'env', 'docs', 'dev']);
  });

  it('carries what the configuration says of a project', () => {
    const config = `version: 3\nsilence_pr_comments: [apply]\nprojects:
- {dir: dev, terraform_version: 1.5, terraform_distribution: opentofu, execution_order_group: 3}`;
    expect(select({ config, paths: [{ directory: 'dev' }] })).toMatchObject({
      projects: [
        {
          terraformVersion: '1.5.0',
          distribution: 'opentofu',
          executionOrderGroup: 3,
          silencePrComments: ['apply'],
          unsupported: null,
        },
      ],
    });
  });

  it('carries what is set for the project and, without that, for the repo', () => {
    const config = `version: 3\nrepo_locks: {mode: on_apply}\nprojects:
- {dir: dev, apply_requirements: [approved], depends_on: [x]}`;
    const found = select({ config, paths: [{ directory: 'dev' }, { directory: 'docs' }] });
    expect(found).toMatchObject({
      projects: [
        { applyRequirements: ['approved'], dependsOn: ['x'], repoLockMode: 'on_apply' },
        { applyRequirements: [], dependsOn: [], repoLockMode: 'on_apply' },
      ],
    });
  });

  it('selects 10,000 of 10,000 listed projects', () => {
    const numbers = Array.from({ length: 10_000 }, (_, i) => i);
    const config = `version: 3\nprojects:\n${numbers.map((i) => `- {name: p${i}, dir: env/p${i}}`).join('\n')}`;
    const big = treeOf(numbers.map((i) => `env/p${i}/main.tf`));
    const projects = numbers.map((i) => `p${i}`);
    expect(summary({ config, projects, paths: [{ directory: '**' }], tree: big })).toHaveLength(10_000);
  });
});
