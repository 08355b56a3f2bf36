import { describe, expect, it } from 'vitest';
import { readFileValues } from './read-file.ts';
import { optionsTable } from './table/index.ts';

describe('readFileValues', () => {
  it('reads YAML, numbers and versions as they are written', () => {
    const { values, errors } = read('port: 4141\ndefault-tf-version: 1.10\nAutomerge: true\n"api-secret": "a: b"\n');
    expect(errors).toEqual([]);
    expect(texts(values)).toEqual({
      port: '4141',
      'default-tf-version': '1.10',
      automerge: 'true',
      'api-secret': 'a: b',
    });
  });

  it('reads JSON', () => {
    const { values } = read('{\n  "port": 4141,\n  "allow-commands": ["plan", "apply"]\n}', 'c.json');
    expect(texts(values)).toEqual({ port: '4141', 'allow-commands': ['plan', 'apply'] });
    expect(values.get('allow-commands')?.where).toBe('c.json line 3');
  });

  it('takes an empty file, and a key without a value, for nothing set', () => {
    expect(read('# nothing\n')).toMatchObject({ values: new Map(), errors: [] });
    expect(read('port:\nhost: ~\n')).toMatchObject({ values: new Map(), errors: [] });
  });

  it('follows an anchor', () => {
    expect(texts(read('gh-token: &t abc\ngitlab-token: *t\n').values)).toEqual({
      'gh-token': 'abc',
      'gitlab-token': 'abc',
    });
  });

  it("notices Atlantis' list of notifications", () => {
    expect(read('webhooks:\n- event: apply\n  kind: slack\n')).toMatchObject({ hasWebhooks: true, errors: [] });
  });

  it.each([
    [
      'a key that is no option',
      'port: 1\nprot: 2\n',
      'invalid config: c.yaml line 2: unknown key "prot"; did you mean "port"?',
    ],
    ['its own path', 'config: x\n', 'invalid config: c.yaml line 1: unknown key "config"'],
    [
      'a property that every object has',
      'constructor: x\n',
      'invalid config: c.yaml line 1: unknown key "constructor"',
    ],
    ['a list for a number', 'port: [1]\n', 'invalid config: c.yaml line 1: the key "port" must have a whole number'],
    [
      'an object for a list',
      'allow-commands: {a: 1}\n',
      'invalid config: c.yaml line 1: the key "allow-commands" must have a list of texts, or one text with commas',
    ],
    ['a key that is there twice', 'port: 1\n\nport: 2\n', 'invalid config: c.yaml line 3: Map keys must be unique'],
    [
      'a key that is there twice in another case',
      'port: 1\nPort: 2\n',
      'invalid config: c.yaml line 2: the key "port" is there twice',
    ],
    ['a list instead of keys', '- port\n', 'invalid config: c.yaml line 1: expected option names with their values'],
  ])('refuses %s, naming file, line and key', (_, source, message) => {
    expect(read(source).errors).toEqual([message]);
  });

  it('does not quote a file that cannot be parsed, which may hold secrets', () => {
    const { errors } = read('api-secret: "hunter2\nport: 1\n');
    expect(errors[0]).toMatch(/^invalid config: c\.yaml line \d+: /);
    expect(errors.join()).not.toContain('hunter2');
  });

  it('says why a file cannot be read', () => {
    const fail = () => {
      throw new Error('no such file');
    };
    expect(readFileValues('c.yaml', optionsTable, fail).errors).toEqual([
      'invalid config: reading c.yaml: no such file',
    ]);
  });

  it.each(['c.toml', 'c', 'c.yaml.bak'])('says that it does not read %s', (path) => {
    expect(read('', path).errors).toEqual([
      `invalid config: reading ${path}: only .yaml, .yml and .json files can be read`,
    ]);
  });
});

function read(source: string, path = 'c.yaml') {
  return readFileValues(path, optionsTable, () => source);
}

function texts(values: ReturnType<typeof read>['values']) {
  return Object.fromEntries([...values].map(([name, { text }]) => [name, text]));
}
