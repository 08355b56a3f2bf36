import { describe, expect, it } from 'vitest';
import { mirroredRepo } from '../../test/support/mirror.ts';
import { createConfigurationReader } from '../terraform/index.ts';
import { loadTree } from './load-config.ts';
import { type LookedAt, lookIntoCommit } from './look-into-commit.ts';

const configurationReader = createConfigurationReader();

/** Looks into a commit of these files. */
async function lookAt(files: Record<string, string>, rest: Partial<LookedAt> = {}) {
  const { deps, first: sha } = await mirroredRepo(files);
  const tree = await loadTree(deps, { repoId: 1, sha });
  const at: LookedAt = { repoId: 1, sha, tree, distribution: 'terraform', modulePatterns: ['**/*.tf'], ...rest };
  return lookIntoCommit({ git: deps, configurationReader }, at);
}

const cloud = (name: string) => `terraform {\n  cloud {\n    workspaces {\n      name = ${name}\n    }\n  }\n}\n`;
const using = (...sources: string[]) =>
  sources.map((source, i) => `module "m${i}" {\n  source = "${source}"\n}\n`).join('');

describe('cloudWorkspaces', () => {
  it('finds the workspace that the code of a folder names', async () => {
    const look = await lookAt({
      'main.tf': cloud('"root"'),
      'a/main.tf': '# cloud workspaces\n',
      'a/versions.tf': cloud('"net"'),
      'a/below/main.tf': cloud('"below"'),
      'b/main.tf': '',
    });
    expect(await look.cloudWorkspaces(['.', 'a', 'b'])).toEqual(
      new Map([
        ['.', 'root'],
        ['a', 'net'],
      ]),
    );
  });

  it.each([
    ['is no literal', { 'a/main.tf': cloud('var.x') }],
    ['stands there twice', { 'a/main.tf': cloud('"x"'), 'a/other.tf': cloud('"x"') }],
    ['could be none', { 'a/main.tf': cloud('"../x"') }],
    ['is in a file of another kind', { 'a/main.tf': '', 'a/x.hcl': cloud('"x"'), 'a/x.tofu': cloud('"x"') }],
  ])('finds none that %s', async (_name, files) => {
    expect(await (await lookAt(files)).cloudWorkspaces(['a'])).toEqual(new Map());
  });

  it('lets OpenTofu files take the place of others, for OpenTofu', async () => {
    const files = { 'a/main.tf': cloud('"tf"'), 'a/main.tofu': cloud('"tofu"') };
    const look = await lookAt(files, { distribution: 'opentofu' });
    expect(await look.cloudWorkspaces(['a'])).toEqual(new Map([['a', 'tofu']]));
  });
});

describe('moduleDependants', () => {
  const dependants = async (files: Record<string, string>, dirs: string[], patterns = ['**/*.tf']) => {
    const look = await lookAt(files, { modulePatterns: patterns });
    return [...(await look.moduleDependants(new Set(dirs)))].toSorted();
  };

  it('finds folders that use a module, by way of others too', async () => {
    const files = {
      'app/main.tf': using('../modules/net', '../modules/db'),
      'api/main.tf': using('../modules/db/'),
      'web/main.tf': using('../modules/cdn', 'hashicorp/consul/aws', 'git::https://example.com/net.git//modules/net'),
      'modules/db/main.tf': using('./../net'),
      'modules/net/main.tf': '',
      'modules/cdn/main.tf': '',
    };
    expect(await dependants(files, ['modules/net'])).toEqual(['api', 'app', 'modules/db']);
    expect(await dependants(files, ['modules/net/below', 'modules', 'elsewhere'])).toEqual([]);
  });

  it('is not led in circles', async () => {
    const files = { 'a/main.tf': using('../b'), 'b/main.tf': using('../c', '../b'), 'c/main.tf': using('../a') };
    expect(await dependants(files, ['b'])).toEqual(['a', 'b', 'c']);
  });

  it('finds what uses the root, the folder above, and itself in JSON', async () => {
    const files = {
      'main.tf': '',
      'a/main.tf': using('..'),
      'b/c/main.tf': using('../../'),
      'd/main.tf.json': '{"module": {"x": {"source": "../"}}}',
    };
    expect(await dependants(files, ['.'], ['**'])).toEqual(['a', 'b/c', 'd']);
  });

  it('does not take other texts for the source of a module', async () => {
    const files = {
      'a/main.tf': '# module "x" {\n#  source = "../m"\n# }\n',
      'b/main.tf': 'module "x" {\n  source = "../n"\n  path = "../m"\n}\n',
      'c/main.tf': 'locals {\n  module = { source = "../m" }\n}\n',
      'd/main.tf': 'module "x" {\n  nested {\n    source = "../m"\n  }\n}\n',
      'm/main.tf': '',
    };
    expect(await dependants(files, ['m'])).toEqual([]);
  });

  it('finds what uses a module that is gone', async () => {
    expect(await dependants({ 'a/main.tf': using('../gone') }, ['gone'])).toEqual(['a']);
  });

  it('takes only folders with a file on the list', async () => {
    const files = { 'a/main.tf': using('../m'), 'b/other.tf': using('../m'), 'm/main.tf': '' };
    expect(await dependants(files, ['m'], ['**/main.tf'])).toEqual(['a']);
  });

  it('takes any file for the mark of a project', async () => {
    const files = { 'a/main.tf': using('../m'), 'a/project.json': '', 'b/main.tf': using('../m'), 'm/main.tf': '' };
    expect(await dependants(files, ['m'], ['**/project.json'])).toEqual(['a']);
  });

  it('finds nothing where modules are not looked at', async () => {
    const look = await lookAt({ 'a/main.tf': using('../m') }, { modulePatterns: null });
    expect(await look.moduleDependants(new Set(['m']))).toEqual(new Set());
  });
});
