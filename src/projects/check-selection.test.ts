import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathSelector } from '../commands/index.ts';
import { checkSelection, type Target } from './check-selection.ts';

function check(...paths: PathSelector[]) {
  return checkSelection({ projects: [], paths });
}

describe('checkSelection', () => {
  const accepted: [path: PathSelector, target: Target][] = [
    [{ directory: 'a' }, { kind: 'dir', dir: 'a', workspace: 'default' }],
    [{ directory: './a/' }, { kind: 'dir', dir: 'a', workspace: 'default' }],
    [{ directory: 'a//b/./c///' }, { kind: 'dir', dir: 'a/b/c', workspace: 'default' }],
    [{ directory: '.' }, { kind: 'dir', dir: '.', workspace: 'default' }],
    [{ directory: 'a..b' }, { kind: 'dir', dir: 'a..b', workspace: 'default' }],
    [{ directory: 'a b' }, { kind: 'dir', dir: 'a b', workspace: 'default' }],
    [{ directory: '{a,b}' }, { kind: 'dir', dir: '{a,b}', workspace: 'default' }],
    [{ workspace: 'w' }, { kind: 'dir', dir: '.', workspace: 'w' }],
    [
      { directory: '', workspace: 'w' },
      { kind: 'dir', dir: '.', workspace: 'w' },
    ],
    [
      { directory: '/', workspace: 'w' },
      { kind: 'dir', dir: '.', workspace: 'w' },
    ],
    [
      { directory: 'a', workspace: '' },
      { kind: 'dir', dir: 'a', workspace: 'default' },
    ],
    [
      { directory: 'env/*/', workspace: 'w' },
      { kind: 'glob', pattern: 'env/*', workspace: 'w' },
    ],
    [{ directory: '**' }, { kind: 'glob', pattern: '**', workspace: 'default' }],
    [{ projectName: 'p' }, { kind: 'name', name: 'p', dir: undefined, workspace: undefined }],
    [
      { projectName: 'p', directory: './a', workspace: 'w' },
      { kind: 'name', name: 'p', dir: 'a', workspace: 'w' },
    ],
    [
      { projectName: '', directory: 'a' },
      { kind: 'dir', dir: 'a', workspace: 'default' },
    ],
  ];
  it.each(accepted)('reads the path %j', (path, target) => {
    expect(check(path)).toEqual({ kind: 'ok', targets: [target] });
  });

  const refused: [path: PathSelector, reason: string, message: string][] = [
    [{ directory: '..' }, 'path_invalid', `invalid directory "..": cannot contain '..'`],
    [{ directory: '../..' }, 'path_invalid', `invalid directory "../..": cannot contain '..'`],
    [{ directory: 'a/../../b' }, 'path_invalid', `invalid directory "a/../../b": cannot contain '..'`],
    [{ directory: 'a/..' }, 'path_invalid', `invalid directory "a/..": cannot contain '..'`],
    [{ directory: '../*' }, 'path_invalid', `invalid directory "../*": cannot contain '..'`],
    [{ directory: '/etc' }, 'path_invalid', 'invalid directory "/etc": must be relative to the root of the repository'],
    [
      { directory: '//etc/' },
      'path_invalid',
      'invalid directory "//etc/": must be relative to the root of the repository',
    ],
    [{ directory: '..\\a' }, 'path_invalid', String.raw`invalid directory "..\\a": cannot contain '\'`],
    [{ directory: 'a\0' }, 'path_invalid', String.raw`invalid directory "a\u0000": cannot contain control characters`],
    [{ directory: 'a\nb' }, 'path_invalid', String.raw`invalid directory "a\nb": cannot contain control characters`],
    [{ directory: '../a', projectName: 'p' }, 'path_invalid', `invalid directory "../a": cannot contain '..'`],
    [
      { directory: 'a', workspace: '../b' },
      'path_invalid',
      String.raw`invalid workspace "../b": cannot contain '/' or '\'`,
    ],
    [{ workspace: '-upload' }, 'path_invalid', `invalid workspace "-upload": cannot start with '-'`],
    [{ workspace: 'a b' }, 'path_invalid', 'invalid workspace "a b": cannot contain whitespace or control characters'],
    [{}, 'selection_empty', 'a path selects nothing: give it a directory, a workspace or both'],
    [
      { directory: '//', workspace: '' },
      'selection_empty',
      'a path selects nothing: give it a directory, a workspace or both',
    ],
  ];
  it.each(refused)('refuses the path %j', (path, reason, message) => {
    expect(check(path)).toEqual({ kind: 'rejected', reason, message });
  });

  it('refuses a selection of nothing', () => {
    expect(check()).toMatchObject({
      reason: 'selection_empty',
      message: 'nothing is selected: name at least one project in Projects or one path in Paths',
    });
  });

  it('refuses everything when one path is bad', () => {
    expect(checkSelection({ projects: ['p'], paths: [{ directory: 'a' }, { directory: '..' }] }).kind).toBe('rejected');
  });

  it('puts names before paths, each as often as it is named', () => {
    const checked = checkSelection({ projects: ['p', 'p'], paths: [{ directory: 'a' }] });
    expect(checked.kind === 'ok' && checked.targets.map((target) => target.kind)).toEqual(['name', 'name', 'dir']);
  });

  it('never lets a folder out of the repo', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', '...', 'a', '\\', '*', '..*', '%2e%2e', '\0'), fc.string());
    const directory = fc.array(part).chain((parts) => fc.constantFrom('/', '//', '\\').map((by) => parts.join(by)));
    fc.assert(
      fc.property(directory, (written) => {
        const checked = check({ directory: written, workspace: 'w' });
        if (checked.kind === 'rejected') return;
        const [target] = checked.targets;
        const dir = target?.kind === 'glob' ? target.pattern : target?.dir;
        expect(dir).not.toMatch(/^\/|\/$|\\|\p{Cc}/u);
        expect(dir === '.' ? [] : dir?.split('/')).not.toEqual(expect.arrayContaining(['..']));
        expect(dir === '.' ? [] : dir?.split('/')).not.toEqual(expect.arrayContaining(['.']));
        expect(dir).not.toBe('');
      }),
      { numRuns: 1_000 },
    );
  });
});
