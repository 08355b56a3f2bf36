import { describe, expect, it } from 'vitest';
import { treeOf } from './tree.ts';

describe('treeOf', () => {
  const tree = treeOf(
    ['README.md', 'a/b/main.tf', 'a/b/x.tf', 'c/x.tofu.json', 'd/terragrunt.hcl', 'e/readme.tf.md', 'link'],
    {
      symlinks: ['link'],
    },
  );

  it.each(['.', 'a', 'a/b', 'c', 'e', 'link', 'link/below'])('has the folder %s', (dir) => {
    expect(tree.hasDir(dir)).toBe(true);
  });
  it.each(['', '/', 'b', 'README.md', 'a/b/c', 'linked', './a', 'a/', '..'])('has no folder %j', (dir) => {
    expect(tree.hasDir(dir)).toBe(false);
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
