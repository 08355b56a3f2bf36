import { mkdir, rm } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { commitFiles, git } from '../../test/support/git.ts';
import { type MirroredRepo, mirroredRepo } from '../../test/support/mirror.ts';
import { commitsBehind, hasCommit, isAncestor, isFetchedTip, mergeBase, messagesSince } from './commit-graph.ts';
import { mirrorDir } from './layout.ts';

/*
 * first ── second ── third   main
 *   └───── topic             topic
 * alone                      alone
 */
let repo: MirroredRepo;
let second: string;
let third: string;
let topic: string;
let alone: string;

beforeAll(async () => {
  repo = await mirroredRepo({ 'main.tf': '# 1' });
  const { source, first } = repo;
  second = await commitFiles(source, { 'main.tf': '# 2' });
  third = await commitFiles(source, { 'main.tf': '# 3' });
  await git(source, 'switch', '--quiet', '--create', 'topic', first);
  topic = await commitFiles(source, { 'topic.tf': '' });
  await git(source, 'switch', '--quiet', '--orphan', 'alone');
  alone = await commitFiles(source, { 'alone.tf': '' });
  await repo.fetch();
});

describe('hasCommit', () => {
  it('knows the commits of the mirror', async () => {
    expect(await hasCommit(repo.deps, 1, topic)).toBe(true);
  });

  it.each([
    ['a commit that was not fetched', async () => commitFiles(repo.source, { 'new.tf': '' })],
    ['a tree', () => git(repo.source, 'rev-parse', `${repo.first}^{tree}`)],
    ['half of an id', async () => topic.slice(0, 20)],
    ['a name', async () => 'main'],
    ['an option', async () => '--help'],
  ])('does not take %s for one', async (_what, idOf) => {
    expect(await hasCommit(repo.deps, 1, await idOf())).toBe(false);
  });

  it('notices that the mirror was lost, and that another is in its place', async () => {
    const lost = await mirroredRepo({ 'main.tf': '# 1' });
    const isThere = () => hasCommit(lost.deps, 1, lost.first);
    expect(await isThere()).toBe(true);
    await rm(mirrorDir(lost.deps, 1), { recursive: true });
    expect(await isThere()).toBe(false);
    await mkdir(mirrorDir(lost.deps, 1));
    await git(mirrorDir(lost.deps, 1), 'init', '--quiet', '--bare');
    expect(await isThere()).toBe(false);
  });

  it('finds nothing in a repo that was never fetched', async () => {
    expect(await hasCommit(repo.deps, 99, topic)).toBe(false);
  });
});

describe('isFetchedTip', () => {
  it.each([
    ['the tip of the branch', 'topic', () => topic, true],
    ['another commit of it', 'main', () => second, false],
    ['the tip of another branch', 'main', () => topic, false],
    ['a branch that is not there', 'nope', () => topic, false],
    ['a path', '../heads/topic', () => topic, false],
  ])('of %s', (_name, branch, sha, is) => {
    expect(isFetchedTip(repo.deps, 1, { branch, sha: sha() })).toBe(is);
  });
});

describe('isAncestor', () => {
  it('compares two commits', async () => {
    const compare = (ancestor: string, descendant: string) => isAncestor(repo.deps, 1, { ancestor, descendant });
    expect(await compare(repo.first, second)).toBe(true);
    expect(await compare(second, second)).toBe(true);
    expect(await compare(second, repo.first)).toBe(false);
    expect(await compare(topic, second)).toBe(false);
  });
});

describe('mergeBase', () => {
  it('finds where two histories parted', async () => {
    expect(await mergeBase(repo.deps, 1, [topic, third])).toBe(repo.first);
    expect(await mergeBase(repo.deps, 1, [third, second])).toBe(second);
  });

  it('finds nothing where they have nothing in common', async () => {
    expect(await mergeBase(repo.deps, 1, [alone, third])).toBeUndefined();
  });
});

describe('commitsBehind', () => {
  it('counts what the base has and the head lacks', async () => {
    const behind = (head: string, base: string) => commitsBehind(repo.deps, 1, { head, base });
    expect(await Promise.all([behind(topic, third), behind(third, topic), behind(third, third)])).toEqual([2, 1, 0]);
  });
});

describe('messagesSince', () => {
  it('gives the messages of what one commit has and the other has not, newest first', async () => {
    const since = (head: string, most = 10) => messagesSince(repo.deps, 1, { head, base: repo.first, most });
    expect(await since(third)).toEqual(['Change\n', 'Change\n']);
    expect(await since(third, 1)).toHaveLength(1);
    expect(await since(repo.first)).toEqual([]);
    expect(await messagesSince(repo.deps, 1, { head: topic, base: third, most: 10 })).toHaveLength(1);
  });

  it('gives none when a commit is not there', async () => {
    const missing = 'f'.repeat(40);
    expect(await messagesSince(repo.deps, 1, { head: third, base: missing, most: 10 })).toEqual([]);
    expect(await messagesSince(repo.deps, 2, { head: third, base: repo.first, most: 10 })).toEqual([]);
  });
});
