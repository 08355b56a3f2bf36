import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { onCleanup } from '../../test/support/cleanup.ts';
import { commitFiles, git, makeRepo } from '../../test/support/git.ts';
import { mirroredRepo } from '../../test/support/mirror.ts';
import { scaled } from '../../test/support/scale.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { silentLog } from '../lib/log.ts';
import { hasCommit } from './commit-graph.ts';
import { fetchMirror, tidyMirror } from './fetch-mirror.ts';
import { mirrorDir, newMirrorDir } from './layout.ts';
import { openCheckout } from './open-checkout.ts';
import { openGit } from './open-git.ts';
import { forgetPullRef } from './private-refs.ts';
import { listTree, readFile } from './read-commit.ts';
import { resolveRef } from './resolve-ref.ts';
import type { GitDeps } from './types.ts';

const files = { 'main.tf': '# 1' };

async function refsOf(dir: string): Promise<string[]> {
  const refs = await git(dir, 'for-each-ref', '--format=%(refname) %(objectname)');
  return refs === '' ? [] : refs.split('\n');
}

async function shaOf(deps: GitDeps, ref: string): Promise<string> {
  const resolved = await resolveRef(deps, 1, ref);
  return resolved.kind === 'commit' ? resolved.sha : resolved.message;
}

describe('fetchMirror', () => {
  it('brings all branches and tags', async () => {
    const { source, fetch, deps } = await mirroredRepo(files);
    await git(source, 'branch', 'a/b');
    await git(source, 'tag', '--annotate', '--message', 'x', 'v1');
    await fetch();
    expect(await refsOf(mirrorDir(deps, 1))).toEqual(await refsOf(source));
  });

  it('follows branches that are moved by force, removed or replaced by a folder of branches', async () => {
    const { source, fetch, deps } = await mirroredRepo(files);
    await git(source, 'branch', 'topic');
    await git(source, 'tag', 'moving');
    await fetch();
    await git(source, 'commit', '--quiet', '--amend', '--message', 'Other');
    await git(source, 'branch', '--delete', '--force', 'topic');
    await git(source, 'branch', 'topic/inside');
    await git(source, 'tag', '--force', 'moving');
    await fetch();
    expect(await refsOf(mirrorDir(deps, 1))).toEqual(await refsOf(source));
  });

  describe('asked for the ref of a pull request', () => {
    /** A repository with a commit that only the ref of a pull request holds. */
    async function withPull() {
      const repo = await mirroredRepo(files);
      const { source, deps } = repo;
      const onMain = repo.first;
      const ofPull = await commitFiles(source, { 'pull.tf': '' });
      await git(source, 'update-ref', 'refs/pull/7/head', ofPull);
      await git(source, 'reset', '--quiet', '--hard', onMain);
      const fetchPulls = (...pullRefs: string[]) =>
        fetchMirror(deps, { id: 1, fullName: 'acme/infra', source: { url: source, credentials: null } }, { pullRefs });
      return { ...repo, onMain, ofPull, fetchPulls };
    }

    it('brings its commit', async () => {
      const { deps, ofPull, fetch, fetchPulls } = await withPull();
      await fetch();
      expect(await hasCommit(deps, 1, ofPull)).toBe(false);
      await fetchPulls('refs/pull/7/head');
      expect(await hasCommit(deps, 1, ofPull)).toBe(true);
    });

    it('keeps it apart from branches and tags, and through later fetches', async () => {
      const { deps, ofPull, onMain, fetch, fetchPulls } = await withPull();
      await fetchPulls('refs/pull/7/head');
      await fetch();
      await fetchPulls();
      expect(await refsOf(mirrorDir(deps, 1))).toEqual([
        `refs/heads/main ${onMain}`,
        `refs/polder/fetched/pull/7/head ${ofPull}`,
      ]);
      expect(await resolveRef(deps, 1, 'refs/polder/fetched/pull/7/head')).toMatchObject({ kind: 'unknown' });
    });

    it('forgets it when told to', async () => {
      const { deps, fetchPulls } = await withPull();
      await fetchPulls('refs/pull/7/head');
      await forgetPullRef(deps, 1, 'refs/pull/7/head');
      expect(await refsOf(mirrorDir(deps, 1))).toHaveLength(1);
    });

    it('fetches everything else when the source has no such ref', async () => {
      const { source, deps, fetchPulls } = await withPull();
      const pushed = await commitFiles(source, { 'main.tf': '# 2' });
      await fetchPulls('refs/pull/99/head');
      expect(await shaOf(deps, 'main')).toBe(pushed);
    });

    it('brings it into a mirror that has to be made', async () => {
      const { source, deps, ofPull } = await withPull();
      const repo = { id: 2, fullName: 'acme/two', source: { url: source, credentials: null } };
      await fetchMirror(deps, repo, { pullRefs: ['refs/pull/7/head'] });
      expect(await hasCommit(deps, 2, ofPull)).toBe(true);
    });

    it('brings what each of many callers asked for', async () => {
      const { source, deps, fetchPulls } = await withPull();
      const asked: Promise<void>[] = [];
      for (let number = 1; number <= 20; number += 1) {
        const sha = await git(source, 'commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', `pull ${number}`);
        await git(source, 'update-ref', `refs/merge-requests/${number}/head`, sha);
        asked.push(
          fetchPulls(`refs/merge-requests/${number}/head`).then(async () =>
            expect(await hasCommit(deps, 1, sha)).toBe(true),
          ),
        );
      }
      await Promise.all(asked);
    });

    it.each(['refs/heads/main', 'refs/pull/../x', '--upload-pack=id', 'refs/pull/*', 'refs/a:refs/heads/main', ''])(
      'refuses %j',
      async (pullRef) => {
        const { fetchPulls } = await withPull();
        await expect(fetchPulls(pullRef)).rejects.toThrow(
          `fetching ${JSON.stringify(pullRef)}: it is not the ref of a pull request`,
        );
      },
    );
  });

  it('fetches an empty repository', async () => {
    const { deps } = await mirroredRepo(files);
    const empty = join(await temporaryDir(), 'empty');
    await git('/', 'init', '--quiet', empty);
    await fetchMirror(deps, { id: 2, fullName: 'acme/empty', source: { url: empty, credentials: null } });
    expect(await resolveRef(deps, 2, 'main')).toMatchObject({ kind: 'unknown' });
  });

  it('serves many callers at once', async () => {
    const { source, fetch, deps } = await mirroredRepo(files);
    const pushed = await commitFiles(source, { 'main.tf': '# 2' });
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        await fetch();
        expect(await shaOf(deps, 'main')).toBe(pushed);
      }),
    );
  });

  it('makes again what a killed server left of a mirror', async () => {
    const { source, deps } = await mirroredRepo(files);
    const left = newMirrorDir(deps, 2);
    await mkdir(join(left, 'objects'), { recursive: true });
    await writeFile(join(left, 'HEAD.lock'), '');
    await fetchMirror(deps, { id: 2, fullName: 'acme/two', source: { url: source, credentials: null } });
    expect(existsSync(left)).toBe(false);
    expect(await refsOf(mirrorDir(deps, 2))).toEqual(await refsOf(source));
  });

  it.each([
    ['its refs are rubbish', (mirror: string) => writeFile(join(mirror, 'refs/heads/main'), `${'1'.repeat(40)}\n`)],
    [
      'its objects are gone',
      async (mirror: string) => {
        await rm(join(mirror, 'objects'), { recursive: true });
        await mkdir(join(mirror, 'objects'));
      },
    ],
    [
      'it is an empty folder',
      async (mirror: string) => {
        await rm(mirror, { recursive: true });
        await mkdir(mirror);
      },
    ],
  ])('makes a mirror again when %s', async (_what, damage) => {
    const { source, fetch, deps } = await mirroredRepo(files);
    await damage(mirrorDir(deps, 1));
    const pushed = await commitFiles(source, { 'main.tf': '# 2' });
    await fetch();
    expect(await shaOf(deps, 'main')).toBe(pushed);
    await git(mirrorDir(deps, 1), 'fsck', '--strict');
  });

  it('makes a mirror again in which a checkout found something missing', async () => {
    const { source, fetch, deps } = await mirroredRepo(files);
    const sha = await shaOf(deps, 'main');
    const blob = await git(source, 'rev-parse', 'main:main.tf');
    await rm(join(mirrorDir(deps, 1), 'objects', blob.slice(0, 2), blob.slice(2)));
    const open = () => openCheckout(deps, { repoId: 1, sha, owner: 'test' });
    await expect(open()).rejects.toThrow(`checking out commit ${sha}: unable to read`);
    await fetch();
    expect(readFileSync(join((await open()).dir, 'main.tf'), 'utf8')).toBe('# 1');
  });

  it.each([
    ['lists a folder that is gone', 'main:sub', (path: string) => rm(path)],
    ['lists a commit that is gone', 'main', (path: string) => rm(path)],
    ['reads a file that is empty', 'main:main.tf', (path: string) => rm(path).then(() => writeFile(path, ''))],
  ])('makes a mirror again when git %s', async (_, object, harm) => {
    const { deps, source, fetch } = await mirroredRepo({ 'main.tf': '# 1', 'sub/main.tf': '' });
    const sha = await shaOf(deps, 'main');
    const id = await git(source, 'rev-parse', object);
    await harm(join(mirrorDir(deps, 1), 'objects', id.slice(0, 2), id.slice(2)));
    const read = async () => {
      await listTree(deps, { repoId: 1, sha });
      return readFile(deps, { repoId: 1, sha }, { path: 'main.tf', maxBytes: 100 });
    };
    await expect(read()).rejects.toMatchObject({ code: 'git_failed', details: { isPassing: true } });
    await fetch();
    expect(await read()).toEqual({ kind: 'file', text: '# 1' });
  });

  it('makes a mirror again whose list of refs is garbage', async () => {
    const { deps, fetch, first } = await mirroredRepo(files);
    await writeFile(join(mirrorDir(deps, 1), 'packed-refs'), '\0\0\0garbage\n');
    await fetch();
    expect(await shaOf(deps, 'main')).toBe(first);
  });

  it('removes the locks that a killed git left', async () => {
    const { source, fetch, deps } = await mirroredRepo(files, { lockPatienceMs: 50 });
    const mirror = mirrorDir(deps, 1);
    await git(source, 'branch', 'gone');
    await fetch();
    await git(source, 'branch', '--delete', 'gone');
    const pushed = await commitFiles(source, { 'main.tf': '# 2' });
    for (const lock of ['packed-refs.lock', 'refs/heads/main.lock', 'config.lock'])
      await writeFile(join(mirror, lock), '');
    await fetch();
    expect(await shaOf(deps, 'main')).toBe(pushed);
    expect(await shaOf(deps, 'gone')).toContain('no branch');
  });

  it('undoes settings that the steps of a run left in the mirror', async () => {
    const { source, fetch, deps } = await mirroredRepo(files);
    const mirror = mirrorDir(deps, 1);
    const elsewhere = join(await temporaryDir(), 'elsewhere');
    await makeRepo(elsewhere, { 'main.tf': '# evil' });
    await git(mirror, 'config', `url.${elsewhere}.insteadOf`, source);
    await writeFile(join(mirror, 'shallow'), '');
    await mkdir(join(mirror, 'hooks'), { recursive: true });
    await git(mirror, 'branch', 'of-a-step', 'main');
    const pushed = await commitFiles(source, { 'main.tf': '# 2' });
    await fetch();
    expect(await refsOf(mirror)).toEqual([`refs/heads/main ${pushed}`]);
    expect(readFileSync(join(mirror, 'config'), 'utf8')).not.toContain('insteadOf');
    expect(await readdir(mirror)).not.toContain('hooks');
  });

  it('fetches from a repository that another user owns', async (context) => {
    if (process.getuid?.() !== 0) return context.skip('only root can give files away');
    const { source, deps } = await mirroredRepo(files);
    execFileSync('chown', ['-R', '12345', source]);
    await fetchMirror(deps, { id: 2, fullName: 'acme/two', source: { url: source, credentials: null } });
    expect(await refsOf(mirrorDir(deps, 2))).toHaveLength(1);
  });

  it.each([
    ['ext::sh -c id', 'its address is neither a path nor a plain http(s) URL'],
    ['--upload-pack=id', 'its address is neither'],
    ['file:///etc', 'its address is neither'],
    ['git@example.com:a/b', 'its address is neither'],
    ['https://user:secret@example.com/a/b', 'its address is neither'],
    ['/nope', "'/nope' does not appear to be a git repository"],
  ])('refuses to fetch from %s', async (url, reason) => {
    const { deps } = await mirroredRepo(files);
    const fetched = fetchMirror(deps, { id: 2, fullName: 'acme/two', source: { url, credentials: null } });
    await expect(fetched).rejects.toMatchObject({ code: 'git_failed' });
    await expect(fetched).rejects.toThrow(`fetching acme/two: `);
    await expect(fetched).rejects.toThrow(reason);
    expect(existsSync(mirrorDir(deps, 2))).toBe(false);
  });

  it('runs no hook, filter or helper that a user has configured', async () => {
    const {
      source,
      deps: { dataDir },
    } = await mirroredRepo(files);
    const home = await temporaryDir();
    const witness = join(home, 'witness');
    const program = join(home, 'program');
    await writeFile(program, `#!/bin/sh\ntouch ${witness}\ncat\n`);
    await chmod(program, 0o755);
    await mkdir(join(home, 'hooks'));
    await symlink(program, join(home, 'hooks', 'reference-transaction'));
    await writeFile(
      join(home, '.gitconfig'),
      `[core]\n\thooksPath = ${home}/hooks\n\tfsmonitor = ${program}\n[uploadpack]\n\tpackObjectsHook = ${program}\n`,
    );
    const env = { ...process.env, HOME: home, GIT_CONFIG_GLOBAL: join(home, '.gitconfig') };
    const deps = await openGit({ dataDir: join(dataDir, 'other'), log: silentLog(), env });
    await fetchMirror(deps, { id: 1, fullName: 'acme/infra', source: { url: source, credentials: null } });
    expect(existsSync(witness)).toBe(false);
  });

  it('gives up on a source that does not answer', async () => {
    const { deps } = await mirroredRepo(files, { fetchMs: 200 });
    const slow = await unansweringServer();
    const fetched = fetchMirror(deps, { id: 2, fullName: 'acme/two', source: { url: slow, credentials: null } });
    await expect(fetched).rejects.toThrow('fetching acme/two: git did not end within 0.2 seconds');
  });

  it('keeps nothing of a fetch that did not come to its end', async () => {
    const { source, deps } = await mirroredRepo(files);
    const begun = join(mirrorDir(deps, 1), 'objects/pack/tmp_pack_123');
    await writeFile(begun, '');
    const gone = { url: join(source, 'nope'), credentials: null };
    await expect(fetchMirror(deps, { id: 1, fullName: 'acme/infra', source: gone })).rejects.toThrow('git repository');
    expect(existsSync(begun)).toBe(false);
  });

  it.skipIf(!existsSync('/proc/self/task'))('recovers from a git that is killed at any moment', async () => {
    const { source, fetch, deps } = await mirroredRepo(files, { lockPatienceMs: 20 });
    let killed = 0;
    for (let round = 0; round < scaled(60); round += 1) {
      const pushed = await commitFiles(source, { 'main.tf': `# ${round}`, [`${round}.tf`]: 'x'.repeat(10_000) });
      await git(source, 'branch', `b${round}`);
      const repoId = 1 + (round % 2) * (100 + round);
      const repo = { id: repoId, fullName: 'acme/infra', source: { url: source, credentials: null } };
      const fetched = fetchMirror(deps, repo).catch(() => undefined);
      await pause(Math.random() * 25);
      killed += killChildren();
      await fetched;
      await fetchMirror(deps, repo);
      expect(await resolveRef(deps, repoId, 'main')).toMatchObject({ sha: pushed });
      await git(mirrorDir(deps, repoId), 'fsck', '--connectivity-only');
    }
    await fetch();
    expect(killed).toBeGreaterThan(0);
  });

  it('stops when its signal aborts', async () => {
    const { deps } = await mirroredRepo(files);
    const slow = await unansweringServer();
    const stop = new AbortController();
    const repo = { id: 2, fullName: 'acme/two', source: { url: slow, credentials: null } };
    const fetched = fetchMirror(deps, repo, { signal: stop.signal });
    await waitFor('git to run', () => existsSync(join(newMirrorDir(deps, 2), 'refs')));
    stop.abort(new Error('no longer wanted'));
    await expect(fetched).rejects.toThrow('no longer wanted');
  });
});

describe('tidyMirror', () => {
  it('packs a mirror of many packs', async () => {
    const { source, fetch, deps } = await mirroredRepo(files);
    const mirror = mirrorDir(deps, 1);
    for (let index = 0; index < 52; index += 1) {
      const sha = await commitFiles(source, { 'main.tf': `# ${index}` });
      const packs = join(mirror, 'objects/pack/pack');
      const child = spawn('git', ['-C', source, 'pack-objects', '--quiet', packs], {
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      child.stdin.end(`${sha}\n`);
      await new Promise((resolve) => child.once('close', resolve));
    }
    await fetch();
    await tidyMirror(deps, 1);
    const packs = await readdir(join(mirror, 'objects/pack'));
    expect(packs.filter((name) => name.endsWith('.pack'))).toHaveLength(1);
    expect(await shaOf(deps, 'main')).toBe(await git(source, 'rev-parse', 'HEAD'));
  });

  it('has nothing to do for a repo that was never fetched', async () => {
    const { deps } = await mirroredRepo(files);
    await expect(tidyMirror(deps, 99)).resolves.toBeUndefined();
  });
});

/** Kills the processes that we started, with their groups. */
function killChildren(): number {
  const pids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  for (const pid of pids) {
    try {
      process.kill(-Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile, or leads no group: not one of ours.
    }
  }
  return pids.length;
}

/** Takes connections and says nothing. */
async function unansweringServer(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanup(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/a/b`;
}
