import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { git } from '../../test/support/git.ts';
import { type MirroredRepo, mirroredRepo } from '../../test/support/mirror.ts';
import { loadConfig } from './load-config.ts';

const files = {
  'conf/atlantis.yaml': 'version: 3\nprojects:\n- dir: net\n',
  'main.tf': '',
};
const links = {
  direct: 'conf/atlantis.yaml',
  twice: './conf/../direct',
  folder: 'conf',
  outside: '../elsewhere.yaml',
  absolute: '/etc/passwd',
  circle: 'circle-back',
  'circle-back': 'circle',
  dangling: 'nope.yaml',
  'deep/up': '../conf/atlantis.yaml',
};

let repo: MirroredRepo;
let commit: { repoId: number; sha: string };

beforeAll(async () => {
  repo = await mirroredRepo(files);
  await mkdir(join(repo.source, 'deep'));
  for (const [path, target] of Object.entries(links)) await symlink(target, join(repo.source, path));
  await git(repo.source, 'add', '--all');
  await git(repo.source, 'commit', '--quiet', '--message', 'Links');
  await repo.fetch();
  commit = { repoId: repo.repoId, sha: await git(repo.source, 'rev-parse', 'HEAD') };
});

describe('loadConfig', () => {
  const load = (file: string) => loadConfig(repo.deps, commit, file);

  it.each(['conf/atlantis.yaml', 'direct', 'twice', 'folder/atlantis.yaml', 'deep/up'])('reads %s', async (file) => {
    expect(await load(file)).toMatchObject({ kind: 'loaded', config: { projects: [{ dir: 'net' }] } });
  });

  it.each(['nope', 'conf/nope'])('finds none at %s', async (file) => {
    expect(await load(file)).toEqual({ kind: 'loaded', config: null });
  });

  it.each([
    ['outside', 'it is a link that leads out of the repository'],
    ['absolute', 'it is a link that leads out of the repository'],
    ['circle', 'it is a link that leads in a circle'],
    ['dangling', 'it is a link to nope.yaml, where there is no file'],
    ['folder', 'it is a link to conf, where there is no file'],
    ['folder/nope', 'it is a link to conf/nope, where there is no file'],
    ['conf', 'expected a file, found a folder'],
  ])('refuses %s', async (file, reason) => {
    expect(await load(file)).toMatchObject({ kind: 'invalid', message: `reading ${file}: ${reason}` });
  });
});
