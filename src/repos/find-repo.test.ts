import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeDatabases } from '../../test/support/database.ts';
import { makeRepo } from '../../test/support/git.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import type { Db } from '../db/index.ts';
import { createHosts, type Hosts, repoOnly, type VcsHost } from '../vcs/index.ts';
import { localHost } from '../vcs/local/index.ts';
import { type FindRepoDeps, findRepo } from './find-repo.ts';
import { repoSource } from './repo-source.ts';
import { findReposByName, getRepo, setVisibility } from './store.ts';
import type { Repo } from './types.ts';

let reposDir: string;

beforeAll(async () => {
  reposDir = await temporaryDir();
  await makeRepo(join(reposDir, 'acme/infra'), { 'main.tf': '' });
  await makeRepo(join(reposDir, 'acme/deep/infra'), { 'main.tf': '' });
});

/** A host that, as GitHub does, knows a repo whatever the case of the name. */
const github: VcsHost = {
  type: 'Github',
  hostname: 'github.com',
  capabilities: repoOnly,
  findRepo: async (fullName) =>
    fullName.toLowerCase() === 'acme/infra'
      ? {
          fullName: 'Acme/Infra',
          source: { url: 'https://github.com/Acme/Infra.git', credentials: null },
          webUrl: null,
        }
      : undefined,
};

const now = 1_700_000_000_000;

function depsOf(db: Db, isAllowed: FindRepoDeps['isAllowed'] = () => true): FindRepoDeps & { hosts: Hosts } {
  return { db, hosts: createHosts([localHost({ reposDir }), github]), isAllowed, now: () => now };
}

async function found(deps: FindRepoDeps, fullName: string, hostType: 'Local' | 'Github' = 'Local'): Promise<Repo> {
  const result = await findRepo(deps, { hostType, fullName });
  if (result.kind !== 'found') throw new Error(result.message);
  return result.repo;
}

describeDatabases('findRepo', (openTest) => {
  it('gives a repo its row when it is first named, and the same row later', async () => {
    const deps = depsOf(await openTest());
    const first = await findRepo(deps, { hostType: 'Local', fullName: 'acme/infra' });
    expect(first).toEqual({
      kind: 'found',
      repo: {
        id: expect.any(Number) as number,
        host: 'local',
        hostType: 'Local',
        fullName: 'acme/infra',
        groupId: expect.any(Number) as number,
        visibility: 'private',
        createdAt: now,
      },
      source: { url: join(reposDir, 'acme/infra'), credentials: null },
    });
    expect(await findRepo(deps, { hostType: 'Local', fullName: 'acme/infra' })).toEqual(first);
  });

  it('makes one row when many name a repo at once', async () => {
    const deps = depsOf(await openTest());
    const repos = await Promise.all(Array.from({ length: 12 }, () => found(deps, 'acme/infra')));
    expect(new Set(repos.map((repo) => repo.id)).size).toBe(1);
    expect(await deps.db.query.selectFrom('groups').selectAll().execute()).toHaveLength(1);
  });

  it('puts repos of one owner into one group, apart from those of other hosts', async () => {
    const deps = depsOf(await openTest());
    const repos = [
      await found(deps, 'acme/infra'),
      await found(deps, 'acme/deep/infra'),
      await found(deps, 'acme/infra', 'Github'),
    ];
    const groups = await deps.db.query.selectFrom('groups').select(['id', 'host', 'path']).orderBy('id').execute();
    expect(groups.map(({ host, path }) => `${host} ${path}`)).toEqual([
      'local acme',
      'local acme/deep',
      'github.com Acme',
    ]);
    expect(repos.map((repo) => repo.groupId)).toEqual(groups.map((group) => group.id));
  });

  it("takes the host's spelling of a name", async () => {
    const asked: string[] = [];
    const deps = depsOf(await openTest(), (host, fullName) => asked.push(`${host}/${fullName}`) > 0);
    const repo = await found(deps, 'ACME/infra', 'Github');
    expect(repo.fullName).toBe('Acme/Infra');
    expect(asked).toEqual(['github.com/Acme/Infra']);
    expect(await found(deps, 'acme/INFRA', 'Github')).toEqual(repo);
  });

  it('makes no row for a repo that is not allowed', async () => {
    const deps = depsOf(await openTest(), (host, fullName) => `${host}/${fullName}` !== 'local/acme/infra');
    const result = await findRepo(deps, { hostType: 'Local', fullName: 'acme/infra' });
    expect(result).toEqual({ kind: 'not_allowed', message: 'repo not allowlisted' });
    expect(await deps.db.query.selectFrom('repos').selectAll().execute()).toEqual([]);
  });

  it('says no to a known repo that is no longer allowed', async () => {
    const db = await openTest();
    await found(depsOf(db), 'acme/infra');
    const result = await findRepo(
      depsOf(db, () => false),
      { hostType: 'Local', fullName: 'acme/infra' },
    );
    expect(result.kind).toBe('not_allowed');
  });

  it('makes no row for a repo that does not exist', async () => {
    const deps = depsOf(await openTest());
    const result = await findRepo(deps, { hostType: 'Local', fullName: 'acme/nope' });
    expect(result).toEqual({ kind: 'not_found', message: 'local has no repository "acme/nope"' });
    expect(await deps.db.query.selectFrom('repos').selectAll().execute()).toEqual([]);
  });

  it('says which type of host is not configured', async () => {
    const result = await findRepo(depsOf(await openTest()), { hostType: 'Gitlab', fullName: 'acme/infra' });
    expect(result).toEqual({
      kind: 'host_not_configured',
      message: 'this server is not configured for repositories of type "Gitlab"',
    });
  });
});

describeDatabases('the store of repos', (openTest) => {
  it('finds repos by id', async () => {
    const deps = depsOf(await openTest());
    const repo = await found(deps, 'acme/infra');
    expect(await getRepo(deps.db, repo.id)).toEqual(repo);
    expect(await getRepo(deps.db, repo.id + 1)).toBeUndefined();
  });

  it('finds repos by full name on all hosts, the exact name first', async () => {
    const deps = depsOf(await openTest());
    const local = await found(deps, 'acme/infra');
    const onGithub = await found(deps, 'acme/infra', 'Github');
    expect(await findReposByName(deps.db, 'acme/infra')).toEqual([local]);
    expect(await findReposByName(deps.db, 'Acme/Infra')).toEqual([onGithub]);
    expect(await findReposByName(deps.db, 'ACME/INFRA')).toEqual([local, onGithub]);
    expect(await findReposByName(deps.db, 'acme/%')).toEqual([]);
  });

  it('makes a repo public and private again', async () => {
    const deps = depsOf(await openTest());
    const repo = await found(deps, 'acme/infra');
    await setVisibility(deps.db, repo.id, 'public');
    expect(await getRepo(deps.db, repo.id)).toEqual({ ...repo, visibility: 'public' });
    await setVisibility(deps.db, repo.id, 'private');
    expect(await getRepo(deps.db, repo.id)).toEqual(repo);
  });
});

describe('repoSource', () => {
  const repo = { id: 1, hostType: 'Local', groupId: 1, visibility: 'private', createdAt: now } as const;
  const sourceOf = (host: string, fullName: string) =>
    repoSource({ hosts: createHosts([localHost({ reposDir })]) }, { ...repo, host, fullName });

  it('asks the host where a repo is', async () => {
    expect(await sourceOf('local', 'acme/infra')).toEqual({ url: join(reposDir, 'acme/infra'), credentials: null });
  });

  it('says that the repo is gone', async () => {
    await expect(sourceOf('local', 'acme/gone')).rejects.toMatchObject({
      code: 'repo_not_found',
      message: 'looking up acme/gone on local: it is not there any more',
    });
  });

  it('says that the host is gone', async () => {
    await expect(sourceOf('github.com', 'acme/infra')).rejects.toMatchObject({ code: 'host_not_configured' });
  });
});
