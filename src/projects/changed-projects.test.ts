import { describe, expect, it } from 'vitest';
import { type Asked, select, summary } from '../../test/support/pull-selection.ts';

type Row = [name: string, asked: Asked, expected: string[]];

const two = 'version: 3\nprojects:\n- {name: one, dir: a}\n- {name: two, dir: b}';
const patterns = (list: string) => `version: 3\nprojects:\n- {dir: a, autoplan: {when_modified: ${list}}}`;

describe('changedProjects', () => {
  describe('by when_modified', () => {
    const rows: Row[] = [
      ['takes a project of which a file changes', { config: two }, ['one a default']],
      ['takes none when other files change', { config: two, changed: ['c/main.tf', 'main.tf', 'ab/main.tf'] }, []],
      ...['x.tf', 'x.tfvars', 'x.tf.json', 'deep/er/x.tf', 'x.tofu', 'x.tofu.json', 'terragrunt.hcl'].map(
        (file): Row => [`counts ${file} by default`, { config: two, changed: [`a/${file}`] }, ['one a default']],
      ),
      ['counts the lock file by default', { config: two, changed: ['a/.terraform.lock.hcl'] }, ['one a default']],
      ...['README.md', 'x.yaml', 'x.sh', 'other.hcl'].map(
        (file): Row => [`does not count ${file} by default`, { config: two, changed: [`a/${file}`] }, []],
      ),
      [
        'takes the project of the root by any Terraform file',
        { config: 'version: 3\nprojects: [{dir: .}]', changed: ['x/y/z.tf'] },
        ['. default'],
      ],
      ['counts deleted files', { config: two, changed: ['a/gone.tf'] }, ['one a default']],
      ['has patterns relative to the folder', { config: patterns('["*.md"]'), changed: ['a/x.md'] }, ['a default']],
      ['lets * stay in one folder', { config: patterns('["*.md"]'), changed: ['a/b/x.md', 'x.md'] }, []],
      ['lets patterns lead elsewhere', { config: patterns('["../b/**"]'), changed: ['b/c/d'] }, ['a default']],
      ['lets patterns exclude', { config: patterns('["**", "!*.md"]'), changed: ['a/x.md'] }, []],
      [
        'lets the last pattern decide',
        { config: patterns('["**", "!*.md", "x.md"]'), changed: ['a/x.md'] },
        ['a default'],
      ],
      ['takes a folder for all below it', { config: patterns('["charts"]'), changed: ['a/charts/x/y'] }, ['a default']],
      ['takes nothing by an empty list', { config: patterns('[]') }, []],
      [
        'refuses a pattern that is none',
        { config: patterns('["a["]') },
        ['parsing atlantis.yaml: line 3: projects[0].autoplan.when_modified: "a[" is not a valid pattern'],
      ],
      [
        'keeps the order of the file',
        { config: two, changed: ['b/x.tf', 'a/x.tf'] },
        ['one a default', 'two b default'],
      ],
      [
        'orders by groups first',
        {
          config:
            'version: 3\nprojects:\n- {dir: a, execution_order_group: 2}\n- {dir: b, execution_order_group: -1}\n- {dir: c}',
          files: ['a/x.tf', 'b/x.tf', 'c/x.tf'],
          changed: ['a/x.tf', 'b/x.tf', 'c/x.tf'],
        },
        ['b default', 'c default', 'a default'],
      ],
      [
        'takes all workspaces of a folder',
        {
          config:
            'version: 3\nprojects:\n- {name: stg, dir: a, workspace: staging}\n- {name: prd, dir: a, workspace: production}',
        },
        ['stg a staging', 'prd a production'],
      ],
      [
        'takes each folder that a pattern lists by its own files',
        {
          config: 'version: 3\nprojects: [{dir: "env/*", workspace: w}]',
          files: ['env/eu/x.tf', 'env/us/x.tf', 'env/docs/x.md'],
          changed: ['env/us/x.tf', 'env/docs/x.md', 'env/docs/x.tf'],
        },
        ['env/us w', '- env/docs'],
      ],
    ];
    it.each(rows)('%s', async (_name, asked, expected) => {
      expect(await summary(asked)).toEqual(expected);
    });
  });

  describe('by autoplan.enabled', () => {
    const config = 'version: 3\nprojects:\n- {dir: a, autoplan: {enabled: false}}\n- {dir: b}';
    const changed = ['a/main.tf', 'b/main.tf'];

    it('leaves out what is not planned by itself', async () => {
      expect(await summary({ config, changed, autoplan: true })).toEqual(['b default']);
    });
    it('takes it when somebody asks for everything', async () => {
      expect(await summary({ config, changed })).toEqual(['a default', 'b default']);
    });
    it('takes it when somebody names it', async () => {
      expect(await summary({ config, changed, d: 'a' })).toEqual(['a default']);
    });
  });

  describe('by base branch', () => {
    const config = 'version: 3\nprojects:\n- {dir: a, branch: /^rel/}\n- {dir: b, branch: /main/}';
    const other = 'version: 3\nprojects:\n- {dir: a, branch: /^rel/}';
    const changed = ['a/main.tf', 'b/main.tf', 'c/main.tf'];
    const rows: Row[] = [
      ['leaves out projects for other branches', { config, changed }, ['b default']],
      ['finds the expression anywhere', { config, changed, baseBranch: 'rel-main' }, ['a default', 'b default']],
      ['discovers nothing because all projects are for other branches', { config: other, changed }, []],
      [
        'does not discover the folder of a project for another branch',
        { config: other, changed: ['a/main.tf', 'b/main.tf'], mode: 'enabled' },
        ['b default'],
      ],
      [
        'refuses a name that is for another branch',
        { config: 'version: 3\nprojects: [{name: x, dir: a, branch: /rel/}]', p: 'x' },
        ["no project with name 'x' is defined in 'atlantis.yaml' on branch: 'main'"],
      ],
      [
        'refuses a folder that is for another branch',
        { config: other, d: 'a' },
        ["no project is defined in 'atlantis.yaml' for dir: 'a' on branch: 'main'"],
      ],
    ];
    it.each(rows)('%s', async (_name, asked, expected) => {
      expect(await summary(asked)).toEqual(expected);
    });
  });

  describe('by discovery', () => {
    const empty = 'version: 3';
    const rows: Row[] = [
      ['takes the folders of changed files, without configuration', {}, ['a default']],
      ['takes them with a configuration that lists nothing', { config: empty }, ['a default']],
      [
        'keeps the order in which files name them',
        { changed: ['b/x.tf', 'a/x.tf', 'b/y.tf'] },
        ['b default', 'a default'],
      ],
      ['takes the root', { files: ['main.tf'], changed: ['main.tf'] }, ['. default']],
      ['stops where projects are listed', { config: two, files: ['c/x.tf'], changed: ['c/x.tf'] }, []],
      [
        'goes on beside listed projects when told to, after them',
        { config: two, files: ['a/x.tf', 'c/x.tf'], changed: ['0/x.tf', 'c/x.tf', 'a/x.tf'], mode: 'enabled' },
        ['one a default', 'c default', '- 0'],
      ],
      ['never finds a listed folder again', { config: patterns('[x]'), mode: 'enabled' }, []],
      ['is off when told so', { mode: 'disabled' }, []],
      ['follows the file before the flag', { config: 'version: 3\nautodiscover: {mode: disabled}' }, []],
      [
        'follows the server before the file',
        {
          rules: 'repos: [{id: /.*/, autodiscover: {mode: enabled}}]',
          config: `${two}\nautodiscover: {mode: disabled}`,
          files: ['a/x.tf', 'c/x.tf'],
          changed: ['c/x.tf'],
        },
        ['c default'],
      ],
      ['does not take folders of other files', { changed: ['a/README.md', 'docs/x.md', '.github/x.yaml'] }, []],
      ['counts the lock file', { changed: ['a/.terraform.lock.hcl'] }, ['a default']],
      ['counts terragrunt.hcl', { files: ['t/terragrunt.hcl'], changed: ['t/terragrunt.hcl'] }, ['t default']],
      [
        'follows the list of files',
        { autoplanFileList: ['**/*.md', '!b/**'], changed: ['a/x.md', 'b/x.md', 'a/x.tf'] },
        ['a default'],
      ],
      [
        'takes no notice of states and of the linter',
        {
          changed: ['a/terraform.tfstate.tf', 'a/terraform.tfstate.d/x.tf', 'a/.tflint.hcl'],
          autoplanFileList: ['**'],
        },
        [],
      ],
      [
        'takes a folder without configuration of its own',
        { files: ['a/x.tfvars'], changed: ['a/x.tfvars'] },
        ['a default'],
      ],
      ['leaves out what tools write', { files: ['a/.terraform/m/x.tf'], changed: ['a/.terraform/m/x.tf'] }, []],
      [
        'leaves out ignored folders',
        {
          config: 'version: 3\nautodiscover: {ignore_paths: ["old/**", b]}',
          files: ['a/x.tf', 'b/x.tf', 'old/x.tf', 'old/y/x.tf'],
          changed: ['a/x.tf', 'b/x.tf', 'old/x.tf', 'old/y/x.tf'],
        },
        ['a default'],
      ],
      [
        'leaves out what the server ignores, in place of what the file does',
        {
          rules: 'repos: [{id: /.*/, autodiscover: {ignore_paths: [b]}}]',
          config: 'version: 3\nautodiscover: {ignore_paths: [a]}',
          changed: ['a/main.tf', 'b/main.tf'],
        },
        ['a default'],
      ],
    ];
    it.each(rows)('%s', async (_name, asked, expected) => {
      expect(await summary(asked)).toEqual(expected);
    });
  });

  describe('by a folder env', () => {
    const files = ['main.tf', 'a/main.tf', 'a/env/staging.tfvars', 'env/prod.tfvars', 'env/default.tfvars', 'env/x.tf'];
    const rows: Row[] = [
      ['plans the workspace whose variables change', { files, changed: ['env/prod.tfvars'] }, ['. prod']],
      ['does so in any folder', { files, changed: ['a/env/staging.tfvars'] }, ['a staging']],
      ['plans default for its own variables', { files, changed: ['env/default.tfvars'] }, ['. default']],
      [
        'plans default and a workspace when both change',
        { files, changed: ['env/prod.tfvars', 'main.tf'] },
        ['. prod', '. default'],
      ],
      ['plans default for other files', { files, changed: ['env/x.tf'] }, ['. default']],
      ['plans default for variables that are gone', { files, changed: ['env/gone.tfvars'] }, ['. default']],
      [
        'takes files that Terraform loads by itself for no workspace',
        {
          files: [...files, 'env/terraform.tfvars', 'env/x.auto.tfvars'],
          changed: ['env/terraform.tfvars', 'env/x.auto.tfvars'],
        },
        ['. default'],
      ],
      [
        'takes no workspace that could not be one',
        { files: [...files, 'env/-x.tfvars', 'env/a b.tfvars'], changed: ['env/-x.tfvars', 'env/a b.tfvars'] },
        ['. default'],
      ],
      ['means only folders of that name', { files: ['my-env/x.tf'], changed: ['my-env/x.tf'] }, ['my-env default']],
    ];
    it.each(rows)('%s', async (_name, asked, expected) => {
      expect(await summary(asked)).toEqual(expected);
    });
  });

  describe('by modules', () => {
    const files = ['a/main.tf', 'a/modules/m/main.tf', 'modules/m/main.tf', 'b/main.tf', 'b/my-modules/main.tf'];
    const using = (...dirs: string[]) => ({ moduleDependants: async () => new Set(dirs) });
    const rows: Row[] = [
      ['plans the project that has the modules', { files, changed: ['a/modules/m/main.tf'] }, ['a default']],
      ['plans nothing for modules that stand alone', { files, changed: ['modules/m/main.tf'] }, []],
      ['means only folders of that name', { files, changed: ['b/my-modules/main.tf'] }, ['b/my-modules default']],
      [
        'plans what uses a changed module, when it is looked at',
        { files, changed: ['modules/m/main.tf'], look: using('b', 'a') },
        ['a default', 'b default'],
      ],
      [
        'does not plan modules that use a module',
        { files, changed: ['modules/m/main.tf'], look: using('modules/n', 'b') },
        ['b default'],
      ],
      [
        'plans listed projects that use one, whatever their patterns',
        { files, config: patterns('[nothing]'), changed: ['modules/m/main.tf'], look: using('a') },
        ['a default'],
      ],
      [
        'asks for no module that no counted file is in',
        { files, changed: ['modules/m/README.md'], look: { moduleDependants: async (dirs) => dirs } },
        [],
      ],
    ];
    it.each(rows)('%s', async (_name, asked, expected) => {
      expect(await summary(asked)).toEqual(expected);
    });
  });

  it('takes the workspace that the code of a folder names', async () => {
    const cloudWorkspaces = async (dirs: readonly string[]) => new Map(dirs.includes('a') ? [['a', 'cloudy']] : []);
    const asked = { files: ['a/x.tf', 'a/env/prod.tfvars', 'b/x.tf'], look: { cloudWorkspaces } };
    const changed = ['a/x.tf', 'a/env/prod.tfvars', 'b/x.tf'];
    expect(await summary({ ...asked, changed })).toEqual(['a cloudy', 'b default']);
  });

  describe('with folders that are gone', () => {
    const rows: Row[] = [
      ['names a discovered one', { changed: ['c/main.tf'] }, ['- c']],
      ['names the old place of a renamed one', { changed: ['a/main.tf', 'old/main.tf'] }, ['a default', '- old']],
      ['names one that has no Terraform left', { files: ['c/README.md', 'c/d/x.tf'], changed: ['c/main.tf'] }, ['- c']],
      [
        'names one whose entry goes with it',
        { config: two, files: ['a/main.tf'], changed: ['old/main.tf', 'modules/m/main.tf'], wasListed: ['old', 'b'] },
        ['- old'],
      ],
      ['names a listed one', { config: two, files: ['b/main.tf'], changed: ['a/main.tf'] }, ['- a']],
      [
        'says nothing of a listed one that was gone before',
        { config: 'version: 3\nprojects:\n- {dir: old, autoplan: {when_modified: [../a/*]}}\n- dir: a' },
        ['a default'],
      ],
      [
        'names a listed one behind a link that is gone',
        { config: 'version: 3\nprojects:\n- dir: l\n  autoplan: {when_modified: [../l]}', changed: ['l'] },
        ['- l'],
      ],
      [
        'names it once, in whatever workspaces it was',
        {
          config: 'version: 3\nprojects:\n- {name: x, dir: a}\n- {name: y, dir: a, workspace: w}',
          files: ['b/main.tf'],
        },
        ['- a'],
      ],
      ['does not name folders that were no projects', { changed: ['c/x.tfvars', 'd/README.md'] }, []],
      ['does not name modules', { changed: ['modules/m/main.tf'] }, []],
      [
        'does not name ignored ones',
        { config: 'version: 3\nautodiscover: {ignore_paths: [c]}', changed: ['c/main.tf'] },
        [],
      ],
      [
        'leaves out listed ones that are not planned by themselves',
        {
          config: 'version: 3\nprojects: [{dir: c, autoplan: {enabled: false}}]',
          changed: ['c/main.tf'],
          autoplan: true,
        },
        [],
      ],
    ];
    it.each(rows)('%s', async (_name, asked, expected) => {
      expect(await summary(asked)).toEqual(expected);
    });
  });

  it('carries what is set for each project', async () => {
    const config = `version: 3\nprojects: [{dir: a, apply_requirements: [approved], autoplan: {when_modified: ["*.tf"]}}]`;
    const selected = await select({ config, changed: ['a/x.tf', 'b/x.tf'], mode: 'enabled' });
    expect(selected).toMatchObject({
      projects: [
        { dir: 'a', applyRequirements: ['approved'], whenModified: ['*.tf'] },
        { dir: 'b', applyRequirements: [], whenModified: null },
      ],
    });
  });

  it('finds 1,000 changed projects among 10,000', async () => {
    const numbers = Array.from({ length: 10_000 }, (_, i) => i);
    const files = numbers.map((i) => `team${i % 100}/p${i}/main.tf`);
    const changed = files.slice(0, 1_000);
    const config = `version: 3\nprojects:\n${files.map((file, i) => `- {name: p${i}, dir: ${file.slice(0, -8)}}`).join('\n')}`;
    expect(await summary({ files, changed })).toHaveLength(1_000);
    expect(await summary({ files, changed, config })).toHaveLength(1_000);
  });
});
