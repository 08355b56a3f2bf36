import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaled } from '../../test/support/scale.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { baseBranchName, checkRef, needsBaseBranch, refCandidates } from './check-ref.ts';

const run = promisify(execFile);

describe('checkRef', () => {
  it.each([
    'main',
    'feature/new-network',
    'refs/heads/main',
    'refs/tags/v1.2.3',
    'v1.2.3',
    'deadbee',
    'a'.repeat(40),
    'größe/日本',
    'pull/7',
    'refs/heads/pull/7/head',
    'feature-',
    'a@b',
  ])('takes %j', (ref) => {
    expect(checkRef(ref)).toEqual({ kind: 'safe' });
  });

  it.each([
    ['', 'empty'],
    ['--upload-pack=id', 'start with "-"'],
    ['+main', 'start with "-" or "+"'],
    ['refs/heads/-x', 'something that starts with "-"'],
    ['refs/tags/--exec=id', 'something that starts with "-"'],
    ['main:evil', 'any of'],
    ['main~1', 'any of'],
    ['HEAD^{/x}', 'any of'],
    ['*', 'any of'],
    ['a[b]', 'any of'],
    ['a\\b', 'any of'],
    ['a b', 'a space'],
    ['a\nb', 'control'],
    ['a\0b', 'control'],
    ['a\x7fb', 'control'],
    ['\ud800', 'Unicode'],
    ['a..b', '".."'],
    ['../../etc', '".."'],
    ['main@{1}', '"@{"'],
    ['/main', '"/"'],
    ['main/', '"/"'],
    ['a//b', '"//"'],
    ['main.', 'end with "."'],
    ['a/.hidden', 'starts with "."'],
    ['a.lock/b', '".lock"'],
    ['HEAD', 'HEAD'],
    ['refs/heads/HEAD', 'HEAD'],
    ['pull/7/head', 'pull request'],
    ['refs/pull/7/merge', 'pull request'],
    ['refs/MERGE-requests/7/head', 'pull request'],
    ['pull-requests/7/from', 'pull request'],
    ['x'.repeat(513), 'longer than 512 bytes'],
  ])('refuses %j', (ref, reason) => {
    expect(checkRef(ref)).toEqual({ kind: 'unsafe', reason: expect.stringContaining(reason) as string });
  });

  it('takes only what git accepts as a branch and cannot take for an option', async () => {
    const part = fc.constantFrom(
      ...'ab-/.@{}~^:?*[]\\ \0\t+\x7f'.split(''),
      'HEAD',
      '.lock',
      'refs/heads/',
      'refs/tags/',
      'é',
      '..',
      '\ud800',
    );
    const ref = fc.oneof(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
      fc.string(),
    );
    const isSafe = (text: string) => checkRef(text).kind === 'safe';
    const texts = fc.sample(ref.filter(isSafe), scaled(10_000));
    const candidates = texts.flatMap((text) => refCandidates(text));
    expect([...texts, ...candidates.map(({ name }) => name)].filter((text) => text.startsWith('-'))).toEqual([]);
    const names = candidates.filter(({ kind }) => kind !== 'commit').map(({ name }) => name);
    await expectRefNames(names);
    await expect(expectRefNames(['a..b'])).rejects.toThrow('invalid ref format: refs/heads/0/a..b');
  });
});

describe('refCandidates', () => {
  it.each([
    [
      'main',
      [
        { kind: 'branch', name: 'main' },
        { kind: 'tag', name: 'main' },
      ],
    ],
    ['refs/heads/deadbee', [{ kind: 'branch', name: 'deadbee' }]],
    ['refs/tags/v1', [{ kind: 'tag', name: 'v1' }]],
    [
      'DEADBEE',
      [
        { kind: 'commit', name: 'deadbee' },
        { kind: 'branch', name: 'DEADBEE' },
        { kind: 'tag', name: 'DEADBEE' },
      ],
    ],
    ['0'.repeat(40), [{ kind: 'commit', name: '0'.repeat(40) }]],
  ])('of %s', (ref, candidates) => {
    expect(refCandidates(ref)).toEqual(candidates);
  });
});

describe('needsBaseBranch', () => {
  it.each([
    'refs/tags/v1',
    'deadbee',
    'A'.repeat(40),
    'v1.2',
    '1.2.3-4',
    'prod',
    'Production',
    'latest',
    'stable',
    'RELEASE',
  ])('is true for %s', (ref) => {
    expect(needsBaseBranch(ref)).toBe(true);
  });

  it.each(['main', 'refs/heads/v1.2', 'refs/heads/deadbee', 'v1', 'release/1.2', 'deadbe', 'v1.2-rc'])(
    'is false for %s',
    (ref) => {
      expect(needsBaseBranch(ref)).toBe(false);
    },
  );
});

describe('baseBranchName', () => {
  it.each([
    ['main', 'main'],
    ['refs/heads/release/1', 'release/1'],
    ['refs/tags/v1', undefined],
    ['-main', undefined],
    ['main~1', undefined],
    ['a.lock', undefined],
    ['', undefined],
  ])('of %j is %j', (written, name) => {
    expect(baseBranchName(written)).toBe(name);
  });
});

/**
 * Throws git's complaint about the first name that no branch may have. One process looks at all of them, each in a folder
 * of its own, so that they do not meet.
 */
async function expectRefNames(names: readonly string[]): Promise<void> {
  const dir = await temporaryDir();
  await run('git', ['init', '--quiet', '--bare', dir]);
  const verifying = run('git', ['-C', dir, 'update-ref', '--stdin', '-z']);
  // It may end before it has read all: its words say more than a broken pipe.
  verifying.child.stdin?.on('error', () => undefined);
  verifying.child.stdin?.end(names.map((name, at) => `verify refs/heads/${at}/${name}\0\0`).join(''));
  await verifying;
}
