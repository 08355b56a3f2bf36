import { beforeAll, describe, expect, it } from 'vitest';
import { commitFiles, git } from '../../test/support/git.ts';
import { type MirroredRepo, mirroredRepo } from '../../test/support/mirror.ts';
import { checkBaseBranch } from './check-base-branch.ts';
import { mirrorDir } from './layout.ts';
import { resolveRef } from './resolve-ref.ts';

let repo: MirroredRepo;
let second: string;
let onFeature: string;

beforeAll(async () => {
  repo = await mirroredRepo({ 'main.tf': '# 1' });
  const { source, first } = repo;
  await git(source, 'tag', 'v1.0');
  second = await commitFiles(source, { 'main.tf': '# 2' });
  await git(source, 'tag', '--annotate', '--message', 'inner', 'inner');
  await git(source, 'tag', '--annotate', '--message', 'outer', 'nested', 'inner');
  await git(source, 'tag', 'tree', 'HEAD^{tree}');
  await git(source, 'tag', 'both', first);
  await git(source, 'branch', 'both', second);
  await git(source, 'branch', '20240115', second);
  await git(source, 'branch', first.slice(0, 8), second);
  await git(source, 'branch', 'prod', second);
  // A tag whose name would be tried for a branch that is not there, if git were asked loosely.
  await git(source, 'update-ref', 'refs/tags/refs/heads/ghost', second);
  await git(source, 'switch', '--quiet', '--create', 'feature/x', first);
  onFeature = await commitFiles(source, { 'main.tf': '# 3' });
  await repo.fetch();
});

describe('resolveRef', () => {
  const resolve = (ref: string) => resolveRef(repo.deps, repo.repoId, ref);
  const branch = (name: string, sha: string) => ({ kind: 'commit', sha, ref: { kind: 'branch', name } });
  const tag = (name: string, sha: string) => ({ kind: 'commit', sha, ref: { kind: 'tag', name } });

  it('finds branches by short name and by full name', async () => {
    expect(await resolve('main')).toEqual(branch('main', second));
    expect(await resolve('refs/heads/feature/x')).toEqual(branch('feature/x', onFeature));
  });

  it('finds branches whether each has a file of its own or they are packed', async () => {
    await git(mirrorDir(repo.deps, repo.repoId), 'pack-refs', '--all');
    expect(await resolve('main')).toEqual(branch('main', second));
    expect(await resolve('feature/x')).toEqual(branch('feature/x', onFeature));
  });

  it('finds tags, down to the commit of an annotated one', async () => {
    expect(await resolve('v1.0')).toEqual(tag('v1.0', repo.first));
    expect(await resolve('refs/tags/inner')).toEqual(tag('inner', second));
    expect(await resolve('nested')).toEqual(tag('nested', second));
  });

  it('takes the branch when a tag has the same name', async () => {
    expect(await resolve('both')).toEqual(branch('both', second));
    expect(await resolve('refs/tags/both')).toEqual(tag('both', repo.first));
  });

  it('finds commits by their id or an unambiguous beginning of it', async () => {
    const commit = { kind: 'commit', sha: onFeature, ref: { kind: 'commit', name: onFeature } };
    expect(await resolve(onFeature)).toEqual(commit);
    expect(await resolve(onFeature.slice(0, 7).toUpperCase())).toEqual(commit);
  });

  it('takes the commit when a branch is named like the beginning of its id', async () => {
    const name = repo.first.slice(0, 8);
    expect(await resolve(name)).toMatchObject({ sha: repo.first, ref: { kind: 'commit' } });
    expect(await resolve(`refs/heads/${name}`)).toEqual(branch(name, second));
  });

  it('finds a branch whose name is made of hex digits and begins no commit', async () => {
    expect(await resolve('20240115')).toEqual(branch('20240115', second));
  });

  it.each([
    'nope',
    'refs/heads/nope',
    'refs/tags/nope',
    'feature',
    '0000000',
    'f'.repeat(40),
    'refs/heads/ghost',
    'heads/main',
    'refs/notes/x',
  ])('does not know %s', async (ref) => {
    expect(await resolve(ref)).toEqual({
      kind: 'unknown',
      message: `the repository has no branch, tag or commit "${ref}"`,
    });
  });

  it('does not take other objects for commits', async () => {
    const tree = await git(repo.source, 'rev-parse', 'main^{tree}');
    expect(await resolve(tree)).toMatchObject({ kind: 'unknown' });
    expect(await resolve('tree')).toEqual({ kind: 'unknown', message: 'the tag "tree" is not of a commit' });
  });

  it.each(['main~1', 'HEAD^{/x}', '--upload-pack=id', '@{-1}', ':/First'])('refuses the expression %s', async (ref) => {
    expect(await resolve(ref)).toMatchObject({
      kind: 'unsafe',
      message: 'checking out API ref: unsafe refs are not allowed',
    });
  });
});

describe('checkBaseBranch', () => {
  const check = async (ref: string, baseBranch: string | null) => {
    const resolved = await resolveRef(repo.deps, repo.repoId, ref);
    if (resolved.kind !== 'commit') throw new Error(resolved.message);
    return checkBaseBranch(repo.deps, { repoId: repo.repoId, ref, resolved, baseBranch });
  };

  it('takes a branch as its own base when none is given', async () => {
    expect(await check('refs/heads/feature/x', null)).toEqual({ kind: 'ok', baseBranch: 'feature/x' });
    expect(await check('prod', '')).toEqual({ kind: 'ok', baseBranch: 'prod' });
  });

  it('takes the base of an unmerged branch as context', async () => {
    expect(await check('feature/x', 'refs/heads/main')).toEqual({ kind: 'ok', baseBranch: 'main' });
  });

  it('wants a base branch for commits and tags', async () => {
    const message = 'base_branch is required when ref is a commit SHA, tag, or ambiguous bare ref';
    expect(await check(onFeature, null)).toEqual({ kind: 'refused', message });
    expect(await check('v1.0', null)).toEqual({ kind: 'refused', message });
  });

  it('takes commits and tags that are part of the base branch', async () => {
    expect(await check(repo.first, 'main')).toEqual({ kind: 'ok', baseBranch: 'main' });
    expect(await check('v1.0', 'feature/x')).toEqual({ kind: 'ok', baseBranch: 'feature/x' });
  });

  it.each([
    ['a commit', () => onFeature],
    ['an ambiguous word', () => 'prod'],
  ])('refuses %s that is not part of the base branch', async (_what, refOf) => {
    const ref = refOf();
    const base = ref === 'prod' ? 'feature/x' : 'main';
    const sha = ref === 'prod' ? second : onFeature;
    expect(await check(ref, base)).toEqual({
      kind: 'refused',
      message: `checked out API ref "${ref}" at commit ${sha} is not reachable from base_branch "${base}"`,
    });
  });

  it('refuses what is not the name of a branch', async () => {
    expect(await check('main', '--x')).toEqual({ kind: 'refused', message: 'invalid API base_branch "--x"' });
  });

  it('refuses a base branch that is not there', async () => {
    expect(await check('main', 'nope')).toEqual({
      kind: 'refused',
      message: 'verifying API base branch "nope": the repository has no such branch',
    });
  });
});
