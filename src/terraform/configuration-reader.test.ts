import { describe, expect, it } from 'vitest';
import { createConfigurationReader } from './configuration-reader.ts';

const reader = createConfigurationReader();
const files = (content: string, path = 'main.tf') => [{ path, content }];

describe('requiredVersion', () => {
  it.each([
    ['a literal', 'terraform {\n  required_version = "~> 1.5" # why\n}', '~> 1.5'],
    ['one on one line', 'terraform { required_version = ">= 1.5, < 2" }', '>= 1.5, < 2'],
    ['an escape', 'terraform { required_version = "\\u003e 1" }', '> 1'],
    ['one before broken text', 'terraform {\n required_version = "1.2.3"\n}\nresource "a" "b" {\n x = \n', '1.2.3'],
    ['none', 'resource "terraform_data" "required_version" {}', null],
    ['a comment', '# terraform { required_version = "1" }', null],
    ['a heredoc', 'x = <<E\nterraform {\n required_version = "1"\n}\nE\n', null],
    ['an expression', 'terraform { required_version = var.x }', null],
    ['a template', 'terraform { required_version = "1.$' + '{x}" }', null],
    ['one inside another block', 'module "m" {\n required_version = "1"\n}', null],
    ['one in a labelled block', 'terraform "x" { required_version = "1" }', null],
    ['two', 'terraform { required_version = "1" }\nterraform { required_version = "2" }', null],
    ['nothing but errors', '}}}} terraform { required_version = "1" ', null],
    ['an empty file', '', null],
  ])('reads %s', async (_name, content, expected) => {
    expect(await reader.requiredVersion(files(content))).toBe(expected);
  });

  it.each([
    ['an object', '{"terraform": {"required_version": ">= 1"}}', '>= 1'],
    ['an array', '{"terraform": [{"required_providers": {}}, {"required_version": ">= 1"}]}', '>= 1'],
    ['a number', '{"terraform": {"required_version": 1}}', null],
    ['broken JSON', '{"terraform": {"required_version": "1"}', null],
  ])('reads %s in JSON', async (_name, content, expected) => {
    expect(await reader.requiredVersion(files(content, 'main.tf.json'))).toBe(expected);
  });

  it('knows nothing when two files set it', async () => {
    const both = [
      { path: 'a.tf', content: 'terraform { required_version = "1" }' },
      { path: 'b.tf.json', content: '{"terraform": {"required_version": "1"}}' },
    ];
    expect(await reader.requiredVersion(both)).toBeNull();
    expect(await reader.requiredVersion(both.slice(1))).toBe('1');
  });
});

describe('cloudWorkspace', () => {
  it.each([
    ['a name', 'terraform {\n cloud {\n  organization = "o"\n  workspaces {\n   name = "net"\n  }\n }\n}', 'net'],
    ['tags', 'terraform {\n cloud {\n  workspaces {\n   tags = ["net"]\n  }\n }\n}', null],
    ['a variable', 'terraform {\n cloud {\n  workspaces {\n   name = var.x\n  }\n }\n}', null],
    ['another backend', 'terraform {\n backend "remote" {\n  workspaces {\n   name = "net"\n  }\n }\n}', null],
    [
      'two blocks',
      'terraform {\n cloud {\n  workspaces {\n   name = "a"\n  }\n }\n cloud {\n  organization = "workspaces"\n }\n}',
      null,
    ],
  ])('reads %s', async (_name, content, expected) => {
    expect(await reader.cloudWorkspace(files(content))).toBe(expected);
  });

  it('reads JSON', async () => {
    const content = '{"terraform": {"cloud": {"workspaces": [{"name": "net"}]}}}';
    expect(await reader.cloudWorkspace(files(content, 'main.tf.json'))).toBe('net');
  });
});

describe('moduleSources', () => {
  it.each([
    ['literals', 'module "a" {\n source = "./x"\n}\nmodule "b" { source = "y" }', ['./x', 'y']],
    ['nothing but literals', 'module "a" { source = var.x }\nmodule "b" { source = "./$' + '{x}" }', []],
    ['only the attribute of the block itself', 'module "a" {\n x {\n  source = "y"\n }\n}', []],
    ['only blocks with a label', 'module { source = "x" }', []],
    ['blocks before broken text', 'module "a" {\n source = "./x"\n}\nmodule "b" {\n', ['./x']],
  ])('reads %s', async (_name, content, sources) => {
    expect(await reader.moduleSources(files(content))).toEqual(sources);
  });

  it('reads JSON', async () => {
    const content = '{"module": [{"a": {"source": "./x"}}, {"b": [{"source": "y"}], "c": {"source": 1}}]}';
    expect(await reader.moduleSources(files(content, 'main.tf.json'))).toEqual(['./x', 'y']);
  });
});
