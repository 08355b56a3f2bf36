import { describe, expect, it } from 'vitest';
import { treeOf } from './tree.ts';

describe('treeOf', () => {
  const tree = treeOf(
    ['README.md', 'a/b/main.tf', 'a/b/x.tf', 'c/x.tofu.json', 'd/terragrunt.hcl', 'e/readme.tf.md', 'link'],
    new Map([
      ['link', 'a'],
      ['e/up', '../link/./b'],
      ['chain', 'e/up/'],
      ['round', 'e/../round'],
      ['gone', 'a/nowhere'],
      ['file', 'README.md'],
      ['whole', '.'],
      ['out', '..'],
      ['e/out', '../a/../../other'],
      ['root', '/'],
      ['unread', null],
    ]),
  );

  it.each(['.', 'a', 'a/b', 'c', 'e', 'link', 'link/b', 'e/up', 'chain', 'whole', 'whole/c', 'unread', 'unread/below'])(
    'has the folder %s',
    (dir) => {
      expect(tree.hasDir(dir)).toBe(true);
    },
  );
  it.each([
    '',
    '/',
    'b',
    'README.md',
    'a/b/c',
    'linked',
    './a',
    'a/',
    '..',
    'round',
    'gone',
    'file',
    'link/c',
    'out',
    'root',
  ])('has no folder %j', (dir) => {
    expect(tree.hasDir(dir)).toBe(false);
  });

  it.each(['out', 'out/below', 'e/out', 'whole/e/out', 'root', 'root/etc'])('says that %s leaves the tree', (dir) => {
    expect(tree.leavesTree(dir)).toBe(true);
  });

  it.each(['a', 'link', 'chain', 'round', 'gone', 'whole', 'unread', 'nope'])('does not say so of %s', (dir) => {
    expect(tree.leavesTree(dir)).toBe(false);
  });

  it('has the root even when there is no file', () => {
    expect(treeOf([]).hasDir('.')).toBe(true);
  });

  it('knows files', () => {
    expect([tree.hasFile('a/b/main.tf'), tree.hasFile('a/b'), tree.hasFile('nope')]).toEqual([true, false, false]);
  });

  it.each(['main.tf', 'main.tf.json', 'main.tofu', 'main.tofu.json', 'terragrunt.hcl', '.tf'])(
    'takes a folder with %s for a Terraform root',
    (name) => {
      expect(treeOf([`x/${name}`, name]).projectDirs).toEqual(['.', 'x']);
    },
  );
  it.each(['main.tfvars', 'tf', 'main.tf.bak', 'my-terragrunt.hcl', 'main.hcl', 'main.json'])(
    'takes a folder with only %s for none',
    (name) => {
      expect(treeOf([`x/${name}`]).projectDirs).toEqual([]);
    },
  );

  it('names each folder once, sorted', () => {
    expect(tree.projectDirs).toEqual(['a/b', 'c', 'd']);
  });
});
