import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { insertRepo } from '../../../test/support/applies.ts';
import { onCleanup } from '../../../test/support/cleanup.ts';
import { commitFiles, git, makeRepo } from '../../../test/support/git.ts';
import { temporaryDir } from '../../../test/support/temp.ts';
import { openDatabase } from '../../db/index.ts';
import { openGit } from '../../git/index.ts';
import { PolderError } from '../../lib/errors.ts';
import { silentLog } from '../../lib/log.ts';
import type { Repo } from '../../repos/index.ts';
import { createHosts, type HostRepo, type VcsHost } from '../../vcs/index.ts';
import { createRevisions } from './revisions.ts';

const repo: Repo = {
  ...{ id: 1, host: 'local', hostType: 'Local', fullName: 'acme/infra', groupId: 1 },
  ...{ visibility: 'private', createdAt: 0 },
};

/** A repo with one commit on a host, of which it is said how it answers. */
async function world() {
  const dir = await temporaryDir();
  const source = join(dir, 'source');
  const first = await makeRepo(source, { a: '1' });
  await git(source, 'tag', 'v1');
  const there: HostRepo = { fullName: 'acme/infra', source: { url: source, credentials: null }, webUrl: null };
  let findRepo: VcsHost['findRepo'] = async () => there;
  const host = { type: 'Local', hostname: 'local', findRepo: (name: string) => findRepo(name) } as unknown as VcsHost;
  const db = await openDatabase({ url: 'sqlite::memory:', log: silentLog() });
  onCleanup(() => db.close());
  await insertRepo(db, 'acme/infra');
  let time = 1000;
  const gitDeps = await openGit({ dataDir: join(dir, 'data'), log: silentLog(), env: { PATH: process.env.PATH } });
  return {
    source,
    first,
    dataDir: join(dir, 'data'),
    revisions: createRevisions({ git: gitDeps, hosts: createHosts([host]), db, now: () => time }),
    setTime: (now: number) => {
      time = now;
    },
    answer: (given: VcsHost['findRepo']) => {
      findRepo = given;
    },
  };
}

const unknown = 'f'.repeat(40);

describe('createRevisions', () => {
  it('knows the commits, branches and tags of the host, also those that are newer than the mirror', async () => {
    const { source, first, revisions } = await world();
    expect(await revisions.findCommit(repo, first.slice(0, 8))).toBe(first);
    const second = await commitFiles(source, { a: '2' });
    expect(await revisions.findCommit(repo, second)).toBe(second);
    expect(await revisions.findCommit(repo, unknown)).toBeUndefined();
    const names = ['main', 'v1', 'nope', 'refs/heads/main', 'HEAD', '--help'];
    const has = await Promise.all(names.map((name) => revisions.hasBranchOrTag(repo, name)));
    expect(has).toEqual([true, true, false, false, false, false]);
  });

  it('knows what the mirror has once the repo is gone from its host', async () => {
    const { first, revisions, answer } = await world();
    await revisions.findCommit(repo, first);
    answer(async () => undefined);
    expect(await revisions.findCommit(repo, first)).toBe(first);
    expect(await revisions.findCommit(repo, unknown)).toBeUndefined();
    expect(await revisions.hasBranchOrTag(repo, 'nope')).toBe(false);
  });

  it('says that the host cannot be asked when a fetch goes wrong', async () => {
    const { source, revisions } = await world();
    await rm(source, { recursive: true });
    await expect(revisions.findCommit(repo, unknown)).rejects.toMatchObject({ code: 'host_unavailable' });
  });

  it('passes on that the host is down', async () => {
    const { revisions, answer } = await world();
    answer(async () => {
      throw new PolderError('host_unavailable', 'asking local: it is down');
    });
    await expect(revisions.hasBranchOrTag(repo, 'main')).rejects.toMatchObject({ code: 'host_unavailable' });
  });

  it('keeps what commits say once it was read, also when the mirror is gone', async () => {
    const { first, dataDir, revisions } = await world();
    await revisions.findCommit(repo, first);
    const commit = { sha: first, message: 'First\n', author: { name: 'Ada Author' } };
    expect((await revisions.read(1, [first, unknown])).get(first)).toMatchObject(commit);
    await rm(dataDir, { recursive: true });
    expect([...(await revisions.read(1, [first])).keys()]).toEqual([first]);
  });

  it('looks again for a commit that the mirror lacked, after a while', async () => {
    const { source, first, revisions, setTime } = await world();
    await revisions.findCommit(repo, first);
    const second = await commitFiles(source, { a: '2' });
    expect(await revisions.read(1, [second])).toEqual(new Map());
    await revisions.findCommit(repo, second);
    expect(await revisions.read(1, [second])).toEqual(new Map());
    setTime(61_000);
    expect([...(await revisions.read(1, [second])).keys()]).toEqual([second]);
  });
});
