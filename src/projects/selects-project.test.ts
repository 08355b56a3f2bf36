import { describe, expect, it } from 'vitest';
import { defaultFileList } from '../../test/support/selection.ts';
import { selectsProject } from './selects-project.ts';

describe('selectsProject', () => {
  const rows: [
    name: string,
    project: { dir: string; workspace?: string; whenModified?: string[] },
    touching: string[],
    others: string[],
  ][] = [
    [
      'of a listed project by its patterns',
      { dir: 'a', whenModified: ['*.tf', '../x/**'] },
      ['a/x.tf', 'x/y'],
      ['a/y/x.tf', 'b/x.tf'],
    ],
    [
      'of another project by its folder',
      { dir: 'a' },
      ['a/x.tf', 'a/.terraform.lock.hcl'],
      ['b/x.tf', 'a/b/x.tf', 'a/x.md'],
    ],
    ['of the root by its own files alone', { dir: '.' }, ['x.tf'], ['a/x.tf']],
    ['by the modules that it has', { dir: 'a' }, ['a/modules/m/x.tf'], ['modules/m/x.tf', 'b/modules/x.tf']],
    [
      'by the variables of its workspace',
      { dir: 'a', workspace: 'w' },
      ['a/env/w.tfvars', 'a/env/x.tf'],
      ['a/env/v.tfvars', 'env/w.tfvars'],
    ],
    ['in a folder that discovery would not find', { dir: 'modules/m' }, ['modules/m/x.tf'], ['modules/n/x.tf']],
  ];
  it.each(rows)('knows changes %s', (_name, { dir, workspace = 'default', whenModified = null }, touching, others) => {
    const project = { dir, workspace, whenModified };
    expect(touching.filter((path) => !selectsProject(project, ['README.md', path], defaultFileList))).toEqual([]);
    expect(others.filter((path) => selectsProject(project, [path], defaultFileList))).toEqual([]);
  });
});
