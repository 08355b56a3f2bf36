import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { onCleanup } from '../../../test/support/cleanup.ts';
import { git, writeFiles } from '../../../test/support/git.ts';
import { type LocalPullWorld, localPullWorld } from '../../../test/support/local-pulls.ts';
import { openDatabase } from '../../db/index.ts';
import { silentLog } from '../../lib/log.ts';
import type { MergeMethod } from '../index.ts';
import { mergeLocalPull } from './merge-pull.ts';

const fullName = 'acme/infra';

describe('mergeLocalPull', () => {
  let world: LocalPullWorld;
  beforeEach(async () => {
    const db = await openDatabase({ url: 'sqlite::memory:', log: silentLog() });
    onCleanup(() => db.close());
    world = await localPullWorld(db);
  });

  const merge = (number: number, method: MergeMethod | null = null, changed: object = {}) =>
    mergeLocalPull(world.deps, { fullName, number }, { method, headSha: null, title: null, by: 'bob', ...changed });
  const log = (...args: string[]) => git(world.dir, 'log', '--first-parent', '--format=%s|%an|%cn', ...args);
  const files = () => git(world.dir, 'ls-tree', '-r', '--name-only', 'main');

  it('makes a merge commit', async () => {
    const number = await world.open('change');
    await world.push('main', { 'other.tf': '' }, 'Go on');
    expect(await merge(number)).toEqual({ kind: 'merged' });
    expect(await log('main')).toBe(
      'Merge pull request #1 from change|bob|Polder\nGo on|Ada Author|Ada Author\nFirst|Ada Author|Ada Author',
    );
    expect(await git(world.dir, 'show', '--no-patch', '--format=%b', 'main')).toContain('Add change');
    expect(await files()).toBe('change.tf\nmain.tf\nother.tf');
    expect(world.delivered.at(-1)).toMatchObject({
      kind: 'pull_closed',
      merged: true,
      pullNumber: 1,
      sender: 'bob',
    });
  });

  it('squashes all into one commit', async () => {
    const number = await world.open('change');
    await world.push('change', { 'second.tf': '' });
    expect(await merge(number, 'squash')).toEqual({ kind: 'merged' });
    expect(await log('main')).toBe('Add change (#1)|bob|Polder\nFirst|Ada Author|Ada Author');
    expect(await files()).toBe('change.tf\nmain.tf\nsecond.tf');
  });

  it('rebases commit by commit', async () => {
    const number = await world.open('change');
    await world.push('change', { 'both.tf': 'same\n' }, 'Add both');
    await world.push('change', { 'second.tf': '' }, 'Add second\n\nBecause.');
    await world.push('main', { 'both.tf': 'same\n' }, 'Go on');
    expect(await merge(number, 'rebase')).toEqual({ kind: 'merged' });
    expect(await log('main')).toBe(
      ['Add second', 'Add change', 'Go on', 'First']
        .map((subject, at) => `${subject}|Ada Author|${at < 2 ? 'Polder' : 'Ada Author'}`)
        .join('\n'),
    );
    expect(await git(world.dir, 'show', '--no-patch', '--format=%b', 'main')).toContain('Because.');
    expect(await files()).toBe('both.tf\nchange.tf\nmain.tf\nsecond.tf');
  });

  it('moves the base to the head when a rebase has nothing to do', async () => {
    const number = await world.open('change');
    await merge(number, 'rebase');
    expect(await git(world.dir, 'rev-parse', 'main')).toBe(await git(world.dir, 'rev-parse', 'change'));
  });

  it('does not rebase merges', async () => {
    const number = await world.open('change');
    await world.push('main', { 'other.tf': '' });
    await git(world.dir, 'switch', '--quiet', 'change');
    await git(world.dir, 'merge', '--quiet', '--no-edit', 'main');
    await git(world.dir, 'switch', '--quiet', '--detach');
    await world.push('main', { 'another.tf': '' });
    expect(await merge(number, 'rebase')).toEqual({
      kind: 'refused',
      message: 'merging pull request: the branch has merges in it, which cannot be rebased',
    });
  });

  it.each(['merge', 'squash', 'rebase'] as const)('refuses conflicts, and changes nothing: %s', async (method) => {
    const number = await world.open('change', { 'main.tf': 'mine\n' });
    const base = await world.push('main', { 'main.tf': 'theirs\n' });
    expect(await merge(number, method)).toEqual({
      kind: 'refused',
      message: 'merging pull request: there are conflicts in main.tf',
    });
    expect(await git(world.dir, 'rev-parse', 'main')).toBe(base);
  });

  it.each(['squash', 'rebase'] as const)('ends what a crash left half done: %s', async (method) => {
    const number = await world.open('change');
    await world.push('main', { 'other.tf': '' });
    const failing = () => Promise.reject(new Error('the power is gone'));
    const deps = { ...world.deps, deliver: failing };
    const order = { method, headSha: null, title: null, by: 'bob' };
    await expect(mergeLocalPull(deps, { fullName, number }, order)).rejects.toThrow('the power is gone');
    const moved = await git(world.dir, 'rev-parse', 'main');
    expect(await merge(number, method)).toEqual({ kind: 'merged' });
    expect(await git(world.dir, 'rev-parse', 'main')).toBe(moved);
  });

  it('does not move a branch that somebody has checked out', async () => {
    const number = await world.open('change');
    await git(world.dir, 'switch', '--quiet', 'main');
    expect(await merge(number)).toEqual({
      kind: 'refused',
      message: `merging pull request: main is checked out in ${world.dir}, and its files would not follow: switch to another branch there first`,
    });
    await git(world.dir, 'switch', '--quiet', 'change');
    expect(await merge(number)).toEqual({ kind: 'merged' });
  });

  it('runs no program that the repository names', async () => {
    const number = await world.open('change', { 'main.tf': 'mine\n', '.gitattributes': '*.tf merge=evil\n' });
    await world.push('main', { 'main.tf': 'theirs\n' });
    const trace = join(world.deps.reposDir, 'trace');
    await git(world.dir, 'config', 'merge.evil.driver', `touch ${trace}`);
    await writeFiles(world.dir, { '.git/hooks/reference-transaction': `#!/bin/sh\ntouch ${trace}\n` });
    expect(await merge(number)).toMatchObject({ kind: 'refused' });
    expect(await world.pulls.getMergeability({ fullName, number }, () => false)).toMatchObject({ mergeable: false });
    expect(await readdir(world.deps.reposDir)).toEqual(['acme']);
  });

  it('leaves nothing behind when it only asks', async () => {
    const number = await world.open('change');
    await world.push('main', { 'other.tf': '' });
    const count = () => git(world.dir, 'count-objects');
    const before = await count();
    expect(await world.pulls.getMergeability({ fullName, number }, () => false)).toEqual({ mergeable: true });
    expect(await count()).toBe(before);
    expect((await readdir(world.deps.git.dataDir)).filter((name) => name.startsWith('merge-'))).toEqual([]);
  });

  it('deletes a branch unless it is checked out', async () => {
    await world.open('change');
    await git(world.dir, 'switch', '--quiet', 'change');
    await expect(world.pulls.deleteBranch(fullName, 'change')).rejects.toMatchObject({ code: 'host_refused' });
    await git(world.dir, 'switch', '--quiet', '--detach');
    await world.pulls.deleteBranch(fullName, 'change');
    expect(await git(world.dir, 'branch', '--list', 'change')).toBe('');
  });
});
