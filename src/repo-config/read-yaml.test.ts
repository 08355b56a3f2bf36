import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { readYaml } from './read-yaml.ts';
import { lineCounter, placeOf, plainValue, type YamlPath } from './yaml-tree.ts';

describe('readYaml', () => {
  const values: [name: string, text: string, value: unknown][] = [
    ['keeps numbers as they are written', 'a: 1.10\nb: 0x10\nc: 010', { a: '1.10', b: '0x10', c: '010' }],
    ['keeps timestamps and words as text', 'a: 2001-12-14\nb: yes', { a: '2001-12-14', b: 'yes' }],
    ['takes an empty value, ~ and null for nothing', 'a:\nb: ~\nc: null', { a: null, b: null, c: null }],
    ['takes quoted nulls for text', 'a: ""\nb: "null"\nc: \'~\'', { a: '', b: 'null', c: '~' }],
    ['takes what is tagged as text for text', 'a: !!str null', { a: 'null' }],
    ['reads block text', 'a: |\n  x\n  y\nb: >-\n  x\n  y', { a: 'x\ny\n', b: 'x y' }],
    ['follows aliases', 'a: &x [1]\nb: *x', { a: ['1'], b: ['1'] }],
    [
      'merges, own keys first',
      'a: &x {p: 1, q: 2}\nb:\n  q: 3\n  <<: *x',
      { a: { p: '1', q: '2' }, b: { q: '3', p: '1' } },
    ],
    ['merges the earlier mapping first', 'a:\n  <<: [{p: 1}, {p: 2, q: 2}]', { a: { p: '1', q: '2' } }],
    [
      'reads keys that objects have by themselves',
      '__proto__: 1\nconstructor: 2',
      { ['__proto__']: '1', constructor: '2' },
    ],
    ['reads Windows line ends behind a byte order mark', '\uFEFFa: 1\r\nb:\r\n- c\r\n', { a: '1', b: ['c'] }],
    ['reads nothing as null', '# only a comment\n', null],
    [
      'reads lists in brackets that end below their key',
      'a:\n  b: [\n     "x", # one ]\n\n    "y",\n  ]\n  c: {\n    k: v\n  }\nd: end',
      { a: { b: ['x', 'y'], c: { k: 'v' } }, d: 'end' },
    ],
    [
      'leaves block text beside such a list as it is',
      'a:\n  run: |\n    if [ -f x ]; then # [\n      go\n    fi\n  b: [\n    x\n  ]\n  c: it"s [\n    so',
      { a: { run: 'if [ -f x ]; then # [\n  go\nfi\n', b: ['x'], c: 'it"s [ so' } },
    ],
    ['reads one document between markers', '---\na: 1\n...\n', { a: '1' }],
  ];
  it.each(values)('%s', (_name, text, value) => {
    const { root, problems } = readYaml(text);
    expect(problems).toEqual([]);
    expect(root && plainValue(root)).toEqual(value);
  });

  const problems: [name: string, text: string, found: [line: number, path: YamlPath, message: string][]][] = [
    [
      'says where things stand behind a list that ends below its key',
      'a:\n  b: [\n    x,\n  ]\n  c: 1\n  c: 2',
      [[6, ['a', 'c'], 'is there twice']],
    ],
    [
      'names each key that is there again',
      'a:\n  b: 1\n  b: 2\n  b: 3',
      [
        [3, ['a', 'b'], 'is there twice'],
        [4, ['a', 'b'], 'is there twice'],
      ],
    ],
    ['names an alias without anchor', 'a:\n- *b', [[2, ['a', 0], 'refers to *b, and no &b ended before it']]],
    ['names an alias inside its own anchor', 'a: &a\n- *a', [[2, ['a', 0], 'refers to *a, and no &a ended before it']]],
    ['names a tag of others', 'a: !ref b', [[1, ['a'], 'has the tag !ref, which means nothing here']]],
    ['names a key that is no text', '? [a]\n: b', [[1, [], 'expected text as key']]],
    ['names text that is merged', 'a: 1\n<<: b', [[2, [], 'expected a mapping to merge, found text']]],
    ['names a list of lists that is merged', '<<: [[a]]', [[1, [], 'expected mappings to merge, found a list']]],
    ['names a second document', 'a: 1\n---\nb: 2', [[1, [], 'expected one document, found more behind `---`']]],
    [
      'names the line of a syntax error',
      'a: 1\nb: [',
      [[2, [], 'unexpected end of the stream within a flow collection']],
    ],
    ['names a tab in front', 'a:\n\tb: 1', [[2, [], 'tab characters must not be used in indentation']]],
  ];
  it.each(problems)('%s', (_name, text, found) => {
    const lineAt = lineCounter(text);
    expect(readYaml(text).problems.map(({ at, path, message }) => [lineAt(at), path, message])).toEqual(found);
  });

  it('refuses aliases that expand to more than it would hold', () => {
    const levels = Array.from(
      { length: 20 },
      (_, i) =>
        `l${i}: &l${i} [${Array(10)
          .fill(i === 0 ? 'x' : `*l${i - 1}`)
          .join()}]`,
    );
    expect(readYaml(levels.join('\n'))).toMatchObject({
      root: undefined,
      problems: [{ message: 'aliases expand to more than 500000 values' }],
    });
  });

  it('refuses merging that copies more than it would hold', () => {
    const keys = Array.from({ length: 2_000 }, (_, i) => `  k${i}: x`).join('\n');
    const users = Array.from({ length: 2_000 }, (_, i) => `u${i}: {<<: *all}`).join('\n');
    expect(readYaml(`all: &all\n${keys}\n${users}`).root).toBeUndefined();
  });

  it('refuses a chain of aliases that is too deep to walk', () => {
    const links = Array.from({ length: 500 }, (_, i) => `l${i}: &l${i} [${i === 0 ? 'x' : `*l${i - 1}`}]`);
    expect(readYaml(links.join('\n')).problems).toMatchObject([{ message: 'is nested more than 100 deep' }]);
  });

  it.each([
    ['many values', `[${'a,'.repeat(600_000)}]`],
    ['lists in lists', '- '.repeat(2_000_000)],
    ['mappings in mappings', '{'.repeat(2_000_000)],
    ['question marks', '? '.repeat(2_000_000)],
    ['anchors', '&a '.repeat(1_000_000)],
    ['an endless quote', `"${'x'.repeat(4_000_000)}`],
  ])('answers %s with a problem before long', (_name, text) => {
    const start = performance.now();
    expect(readYaml(text).problems).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('reads what another library writes', () => {
    const value = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.string({ unit: 'grapheme' }),
        fc.string(),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((key) => key !== '<<'),
          tie('node'),
          { maxKeys: 4 },
        ),
      ),
    })).node;
    fc.assert(
      fc.property(value, (written) => {
        const text = stringify(written);
        const { root, problems } = readYaml(text);
        expect(problems).toEqual([]);
        expect(root && plainValue(root)).toEqual(parse(text));
      }),
    );
  });

  it('never throws', () => {
    const pieces = 'a|:| |\n|- |? |[|]|{|}|,|&x|*x|<<|"|\'|>|!|#|%|\t|\0|\uFEFF|---|\r'.split('|');
    const pieced = fc.array(fc.constantFrom(...pieces, '|')).map((all) => all.join(''));
    const reads = fc.property(fc.oneof(fc.string({ unit: 'binary' }), pieced), (text) => {
      const { root } = readYaml(text);
      if (root) plainValue(root);
    });
    expect(() => fc.assert(reads, { numRuns: 200 })).not.toThrow();
  });
});

describe('placeOf', () => {
  const text = 'a:\n  b:\n  - x\n  - y: 1\n    z: [p,\n      q]\nm: &m\n  k: 1\nn:\n  <<: *m\n';
  const places: [name: string, path: YamlPath, line: number][] = [
    ['the root', [], 1],
    ['a key', ['a', 'b'], 2],
    ['an item', ['a', 'b', 1], 4],
    ['a value in flow style', ['a', 'b', 1, 'z', 1], 6],
    ['a merged key, where it is written', ['n', 'k'], 8],
    ['the mapping around a key that is not there', ['a', 'b', 1, 'nope'], 4],
    ['the list around an item that is not there', ['a', 'b', 7], 2],
    ['what is above a path that leads through text', ['a', 'b', 0, 'x', 'y'], 3],
  ];
  it.each(places)('finds the line of %s', (_name, path, line) => {
    const { root } = readYaml(text);
    expect(root && lineCounter(text)(placeOf(root, path))).toBe(line);
  });
});
