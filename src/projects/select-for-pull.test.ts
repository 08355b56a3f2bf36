import { describe, expect, it } from 'vitest';
import { type Asked, summary } from '../../test/support/pull-selection.ts';

type Row = [name: string, asked: Asked, expected: string[]];

describe('selectForPull', () => {
  describe('by name', () => {
    const config = `version: 3\nallowed_regexp_prefixes: [app]\nprojects:
- {name: app-eu, dir: a}\n- {name: app-us, dir: b}\n- {name: db, dir: a, workspace: w}`;
    const rows: Row[] = [
      ['finds a project', { config, p: 'app-us' }, ['app-us b default']],
      ['finds what did not change', { config, p: 'app-us', changed: [] }, ['app-us b default']],
      ['takes names exactly', { config, p: 'app-.*' }, ["no project with name 'app-.*' is defined in 'atlantis.yaml'"]],
      ['refuses an unknown name', { config, p: 'nope' }, ["no project with name 'nope' is defined in 'atlantis.yaml'"]],
      [
        'refuses names without configuration',
        { p: 'x' },
        ['cannot specify a project name unless an atlantis.yaml file exists to configure projects'],
      ],
      [
        'finds several by an expression, where that is enabled',
        { config, p: 'app-.*', enableRegexpCmd: true },
        ['app-eu a default', 'app-us b default'],
      ],
      ['takes an expression as a whole', { config, p: 'db|us', enableRegexpCmd: true }, ['db a w']],
      [
        'finds several only by an allowed prefix',
        { config, p: '.*-.*', enableRegexpCmd: true },
        ["no project with name '.*-.*' is defined in 'atlantis.yaml'"],
      ],
      ['finds one by any expression', { config, p: '.*-eu', enableRegexpCmd: true }, ['app-eu a default']],
      [
        'finds nothing by an expression that is none',
        { config, p: '(', enableRegexpCmd: true },
        ["no project with name '(' is defined in 'atlantis.yaml'"],
      ],
      ['says nothing of an unknown name when it is to be silent', { config, p: 'nope', silenceNoProjects: true }, []],
      [
        'says it all the same where no projects are listed',
        { config: 'version: 3', p: 'nope', silenceNoProjects: true },
        ["no project with name 'nope' is defined in 'atlantis.yaml'"],
      ],
    ];
    it.each(rows)('%s', async (_name, asked, expected) => {
      expect(await summary(asked)).toEqual(expected);
    });
  });

  describe('by folder and workspace', () => {
    const config = `version: 3\nprojects:\n- {name: stg, dir: a, workspace: staging}
- {name: prd, dir: a, workspace: production}\n- {name: x, dir: b}\n- {name: y, dir: b}`;
    const ignoring = 'version: 3\nautodiscover: {ignore_paths: ["old/**"]}';
    const rows: Row[] = [
      ['finds a listed project', { config, d: 'a', w: 'staging' }, ['stg a staging']],
      ['makes a project of a folder that is not listed', { d: 'b', changed: [] }, ['b default']],
      ['takes the workspace default for a folder alone', { d: 'a' }, ['a default']],
      ['takes the root for a workspace alone', { files: ['main.tf'], w: 'staging' }, ['. staging']],
      ['finds listed projects by a pattern', { config, d: '*', w: 'production' }, ['prd a production']],
      ['finds discovered projects by a pattern', { d: '*', changed: [] }, ['a default', 'b default']],
      [
        'wants a name where several are listed',
        { config, d: 'b' },
        [
          "must specify project name: more than one project defined in 'atlantis.yaml' matched dir: 'b' workspace: 'default'",
        ],
      ],
      [
        'refuses a workspace that is not listed',
        { config, d: 'a' },
        [
          'running commands in workspace "default" is not allowed because this directory is only configured for the following workspaces: staging, production',
        ],
      ],
      ['refuses a folder that is not there', { d: 'nope' }, ['dir "nope" does not exist']],
      [
        'refuses a listed folder that is not there',
        { config, files: ['b/x.tf'], d: 'a', w: 'staging' },
        ['dir "a" does not exist'],
      ],
      [
        'refuses a folder that a link leads out to',
        { links: [['out', '../etc']], d: 'out' },
        ['dir "out" leads out of the repository through a symbolic link'],
      ],
      ['does nothing for an ignored folder', { config: ignoring, files: ['old/x/x.tf'], d: 'old/x' }, ['ignored']],
      ['does nothing for an ignored folder that is not there', { config: ignoring, d: 'old/y' }, ['ignored']],
      [
        'does not ignore where nothing is discovered',
        { config: ignoring, files: ['old/x/x.tf'], d: 'old/x', mode: 'disabled' },
        ['old/x default'],
      ],
      [
        'does not ignore what is listed',
        {
          config: 'version: 3\nautodiscover: {mode: enabled, ignore_paths: [a]}\nprojects: [{dir: a}]',
          d: 'a',
        },
        ['a default'],
      ],
      [
        'makes nothing of a folder that is not listed when it is to be silent',
        { config, files: ['c/x.tf'], d: 'c', silenceNoProjects: true },
        [],
      ],
      [
        'names a workspace that is not listed all the same',
        { config, d: 'a', w: 'w', silenceNoProjects: true },
        [
          'running commands in workspace "w" is not allowed because this directory is only configured for the following workspaces: staging, production',
        ],
      ],
      [
        'does nothing for an ignored folder when it is to be silent',
        {
          config: 'version: 3\nautodiscover: {mode: enabled, ignore_paths: [b]}\nprojects: [{dir: a}]',
          d: 'b',
          silenceNoProjects: true,
        },
        ['ignored'],
      ],
    ];
    it.each(rows)('%s', async (_name, asked, expected) => {
      expect(await summary(asked)).toEqual(expected);
    });
  });

  describe('with restrict-file-list', () => {
    const config = `version: 3\nprojects:\n- {name: app-a, dir: a}\n- {name: app-b, dir: b}\n- {name: c, dir: c}`;
    const files = ['a/x.tf', 'a/sub/x.tf', 'b/x.tf', 'c/x.tf'];
    const restricted: Asked = { files, restrictFileList: true };
    const rows: Row[] = [
      ['takes a folder with a changed file', { ...restricted, d: 'a', changed: ['a/README.md'] }, ['a default']],
      [
        'refuses a folder without one',
        { ...restricted, d: 'b' },
        ['the dir "b" is not in the plan list of this pull request'],
      ],
      [
        'refuses a folder without one that is not there either',
        { ...restricted, d: 'nope' },
        ['the dir "nope" is not in the plan list of this pull request'],
      ],
      [
        'does not count files further below',
        { ...restricted, d: 'a', changed: ['a/sub/x.tf'] },
        ['the dir "a" is not in the plan list of this pull request'],
      ],
      ['keeps those with a changed file of a pattern', { ...restricted, d: '*', changed: ['b/x.tf'] }, ['b default']],
      [
        'refuses a pattern without any',
        { ...restricted, d: '*', changed: ['README.md'] },
        ['the dir "*" is not in the plan list of this pull request'],
      ],
      ['does not restrict a workspace alone', { ...restricted, w: 'w', changed: [] }, ['. w']],
      [
        'takes a name that stands for all changes',
        { ...restricted, config, p: 'app-a', changed: ['a/x.tf'] },
        ['app-a a default'],
      ],
      [
        'refuses a name that does not',
        { ...restricted, config, p: 'app-a', changed: ['a/x.tf', 'b/x.tf', 'b/y.tf', 'README.md'] },
        ['the following directories are present in the pull request but not in the requested project:\nb\n.'],
      ],
      [
        'keeps those with changes that an expression means',
        { ...restricted, config, p: 'app-.*', enableRegexpCmd: true, changed: ['b/x.tf'] },
        ['app-b b default'],
      ],
      [
        'refuses an expression without changes',
        { ...restricted, config, p: 'app-.*', enableRegexpCmd: true, changed: [] },
        ['no modified files match requested project "app-.*"'],
      ],
      ['leaves everything as it is without a target', { ...restricted, changed: ['b/x.tf'] }, ['b default']],
    ];
    it.each(rows)('%s', async (_name, asked, expected) => {
      expect(await summary(asked)).toEqual(expected);
    });
  });

  describe('with a configuration that is wrong', () => {
    const rows: Row[] = [
      [
        'says that its ending is',
        { files: ['atlantis.yml', 'a/main.tf'] },
        [
          `looking for 'atlantis.yaml' file in '.': found "atlantis.yml" as config file; rename using the .yaml extension`,
        ],
      ],
      [
        'says which folder is listed twice',
        { config: 'version: 3\nprojects:\n- dir: .\n- dir: .' },
        [
          `parsing atlantis.yaml: there are two or more projects with dir: "." workspace: "default" that are not all named; they must have a 'name' key so they can be targeted for apply's separately`,
        ],
      ],
      [
        'says so of a command with a target too',
        { config: 'version: 3\nprojects:\n- {dir: a, name: x}\n- {dir: b, name: x}', p: 'x' },
        ['parsing atlantis.yaml: found two or more projects with name "x"; project names must be unique'],
      ],
    ];
    it.each(rows)('%s', async (_name, asked, expected) => {
      expect(await summary(asked)).toEqual(expected);
    });
  });

  it('refuses a selection that leads out', async () => {
    expect(await summary({ d: '../x' })).toEqual([`invalid directory "../x": cannot contain '..'`]);
  });
});
