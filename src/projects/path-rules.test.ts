import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPathIndex } from './path-index.ts';
import { compilePathRules, pathRules } from './path-rules.ts';

describe('compilePathRules', () => {
  const rows: [name: string, patterns: string[], dir: string, matching: string[], others: string[]][] = [
    ['are relative to their folder', ['*.tf'], 'a/b', ['a/b/x.tf'], ['x.tf', 'a/x.tf', 'a/b/c/x.tf', 'a/bb/x.tf']],
    ['of the root reach everywhere', ['**/*.tf*'], '.', ['x.tf', 'a/b/x.tfvars'], ['a/b/x.hcl']],
    ['lead out of their folder', ['../shared/*'], 'a/b', ['a/shared/x'], ['shared/x', 'a/b/shared/x']],
    ['lead to the root', ['../../*.tf'], 'a/b', ['x.tf'], ['a/x.tf', 'a/b/x.tf']],
    ['that lead out of the repo match nothing', ['../../x'], 'a', [], ['x', 'a/x']],
    ['are cleaned', ['./x/../y//z/', ' spaced '], 'a', ['a/y/z/w', 'a/spaced'], ['a/x/y/z', 'a/ spaced ']],
    ['may begin with a slash', ['/x'], 'a', ['a/x'], ['x']],
    ['stand for the folder when they are empty', [''], 'a', ['a/x', 'a/b/c'], ['x', 'ab/x']],
    ['stand for the folder as a dot', ['.'], 'a', ['a/x'], ['x']],
    ['stand for the folder above', ['..'], 'a/b', ['a/x', 'a/b/x'], ['x']],
    ['exclude', ['**', '!x', '! docs/**'], 'a', ['a/y'], ['a/x', 'a/x/y', 'a/docs/y']],
    ['let the last one decide', ['!x', '*', '!y', 'y/z'], '.', ['x', 'y/z', 'w'], ['y', 'y/a']],
    ['exclude nothing by themselves', ['!x'], '.', [], ['x', 'y']],
    ['exclude elsewhere', ['../**', '!../c/*.md'], 'a/b', ['a/c/x.tf', 'a/b/x.md'], ['a/c/x.md', 'x']],
    ['match below what they match', ['charts'], 'a', ['a/charts/x/y'], ['a/x/charts']],
    ['take a folder with special characters as it is', ['*.tf'], 'a[1]*', ['a[1]*/x.tf'], ['a1b/x.tf']],
  ];
  it.each(rows)('patterns %s', (...[_name, patterns, dir, matching, others]) => {
    const compiled = compilePathRules(patterns);
    if (compiled.kind === 'invalid') throw new Error(compiled.pattern);
    expect(matching.filter((path) => !compiled.rules.matches(path, dir))).toEqual([]);
    expect(others.filter((path) => compiled.rules.matches(path, dir))).toEqual([]);
  });

  it('names the pattern that is none', () => {
    expect(compilePathRules(['*', '!a[', 'x'])).toEqual({ kind: 'invalid', pattern: '!a[' });
  });

  it('leaves out patterns that are none where it may', () => {
    expect(pathRules(['a[', 'b']).matches('b', '.')).toBe(true);
  });

  it.each([
    ['a/b', ['**/*.tf', '../x/*.tf', '!../../y'], ['a/b', 'a/x']],
    ['.', ['*.tf', '../x', 'a/b.tf'], ['', 'a']],
    ['a', ['../..', 'b/*', 'b/c'], ['a/b']],
  ])('tells in which folders patterns of %s can match', (dir, patterns, folders) => {
    expect(pathRules(patterns).folders(dir)).toEqual(folders);
  });
});

describe('createPathIndex', () => {
  const name = fc.stringMatching(/^[-./0ab]{1,2}$/).filter((text) => !text.includes('/'));
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

  it('finds the paths below a folder', () => {
    fc.assert(
      fc.property(fc.array(path), path, (paths, folder) => {
        const below = createPathIndex(paths).below(folder);
        expect(below).toEqual([...new Set(paths)].filter((one) => one.startsWith(`${folder}/`)).toSorted());
      }),
    );
  });

  it('finds everything below the root', () => {
    expect(createPathIndex(['b', 'a/c', 'b']).below('')).toEqual(['a/c', 'b']);
  });
});
