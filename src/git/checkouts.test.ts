import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  appendFile,
  chmod,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitFiles, git } from '../../test/support/git.ts';
import { type MirroredRepo, mirroredRepo } from '../../test/support/mirror.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { cleanCheckouts, emptyTrash } from './clean-checkouts.ts';
import { checkoutsDir, mirrorDir, sparesDir, trashDir } from './layout.ts';
import { openCheckout } from './open-checkout.ts';
import { releaseCheckout } from './release-checkout.ts';
import type { Checkout } from './types.ts';

const files = { 'main.tf': 'content', 'a/b/deep.tf': 'deep', '.gitignore': 'ignored\n' };

function openAt({ deps, repoId }: MirroredRepo, sha: string, owner = 'test'): Promise<Checkout> {
  return openCheckout(deps, { repoId, sha, owner });
}

/** Everything below a folder with its content, links and folders included, but for the link to git. */
async function contentOf(dir: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(dir.length + 1);
    if (name === '.git') continue;
    found[name] = entry.isFile() ? await readFile(path, 'utf8') : entry.isDirectory() ? 'folder' : 'other';
  }
  return found;
}

const clean = { a: 'folder', 'a/b': 'folder', 'a/b/deep.tf': 'deep', 'main.tf': 'content', '.gitignore': 'ignored\n' };

async function spareCount({ deps }: MirroredRepo): Promise<number> {
  return (await readdir(sparesDir(deps))).length;
}

describe('openCheckout', () => {
  it('gives the files of the commit in a folder that only we may enter', async () => {
    const repo = await mirroredRepo(files);
    await commitFiles(repo.source, { 'later.tf': '' });
    await repo.fetch();
    const checkout = await openAt(repo, repo.first);
    expect(await contentOf(checkout.dir)).toEqual(clean);
    expect((await stat(dirname(checkout.dir))).mode & 0o777).toBe(0o700);
    expect((await stat(checkoutsDir(repo.deps))).mode & 0o777).toBe(0o700);
  });

  it('gives a worktree of the mirror in which git works', async () => {
    const repo = await mirroredRepo(files);
    const { dir } = await openAt(repo, repo.first);
    expect(await git(dir, 'rev-parse', 'HEAD')).toBe(repo.first);
    expect(await git(dir, 'status', '--porcelain', '--branch')).toBe('## HEAD (no branch)');
    expect(await git(mirrorDir(repo.deps, 1), 'worktree', 'list')).toContain(dir);
    await git(mirrorDir(repo.deps, 1), 'worktree', 'prune');
    expect(await git(dir, 'log', '--format=%s')).toBe('First');
  });

  it('gives everybody a folder of their own, also at once', async () => {
    const repo = await mirroredRepo(files);
    const checkouts = await Promise.all(Array.from({ length: 8 }, () => openAt(repo, repo.first)));
    expect(new Set(checkouts.map(({ dir }) => dir)).size).toBe(8);
    for (const { dir } of checkouts) expect(await contentOf(dir)).toEqual(clean);
  });

  it('runs no filter and converts no line ends', async () => {
    const attributes = '*.bin filter=lfs\n';
    const repo = await mirroredRepo({ '.gitattributes': attributes, 'a.bin': 'pointer', 'crlf.txt': 'a\r\nb\n' });
    const witness = join(await temporaryDir(), 'witness');
    await git(mirrorDir(repo.deps, 1), 'config', 'filter.lfs.smudge', `touch ${witness}; cat`);
    await git(mirrorDir(repo.deps, 1), 'config', 'core.autocrlf', 'true');
    await repo.fetch();
    const { dir } = await openAt(repo, repo.first);
    expect(await contentOf(dir)).toEqual({ '.gitattributes': attributes, 'a.bin': 'pointer', 'crlf.txt': 'a\r\nb\n' });
    expect(existsSync(witness)).toBe(false);
  });

  it('leaves nothing behind when the commit is not there', async () => {
    const repo = await mirroredRepo(files);
    await expect(openAt(repo, 'f'.repeat(40))).rejects.toThrow(`checking out commit ${'f'.repeat(40)}: `);
    expect(await readdir(checkoutsDir(repo.deps))).toEqual([]);
    expect(await readdir(join(mirrorDir(repo.deps, 1), 'worktrees'))).toEqual([]);
  });
});

describe('releaseCheckout', () => {
  it('lets the next one use the worktree again, at another commit', async () => {
    const repo = await mirroredRepo({ ...files, 'gone.tf': 'x', 'sub/gone.tf': 'x' });
    await git(repo.source, 'rm', '--quiet', '-r', 'gone.tf', 'sub');
    const second = await commitFiles(repo.source, { 'main.tf': 'changed' });
    await repo.fetch();
    const first = await openAt(repo, repo.first);
    const { ino } = await stat(join(first.dir, 'a/b/deep.tf'));
    await releaseCheckout(repo.deps, first);
    expect(existsSync(dirname(first.dir))).toBe(false);
    const next = await openAt(repo, second);
    expect(next.dir).not.toBe(first.dir);
    expect((await stat(join(next.dir, 'a/b/deep.tf'))).ino).toBe(ino);
    expect(await contentOf(next.dir)).toEqual({ ...clean, 'main.tf': 'changed' });
    expect(await git(next.dir, 'status', '--porcelain')).toBe('');
    expect(await git(next.dir, 'rev-parse', 'HEAD')).toBe(second);
  });

  it('may be called twice', async () => {
    const repo = await mirroredRepo(files);
    const checkout = await openAt(repo, repo.first);
    await releaseCheckout(repo.deps, checkout);
    await releaseCheckout(repo.deps, checkout);
    expect(await spareCount(repo)).toBe(1);
  });

  it('keeps no more spares than allowed, for a repo and in all', async () => {
    const repo = await mirroredRepo(files, { sparesPerRepo: 2, spares: 3 });
    const checkouts = await Promise.all([1, 2, 3].map(() => openAt(repo, repo.first)));
    for (const checkout of checkouts) await releaseCheckout(repo.deps, checkout);
    expect(await spareCount(repo)).toBe(2);
    expect(await readdir(checkoutsDir(repo.deps))).toEqual([]);
    expect(await readdir(join(mirrorDir(repo.deps, 1), 'worktrees'))).toEqual([]);
  });

  it('keeps none when none is allowed', async () => {
    const repo = await mirroredRepo(files, { sparesPerRepo: 0 });
    await releaseCheckout(repo.deps, await openAt(repo, repo.first));
    expect(await spareCount(repo)).toBe(0);
  });
});

/** What a run may do to its checkout. Whatever it is, the next run finds the files of its commit and nothing else. */
const tricks: readonly {
  what: string;
  /** Undefined: both may happen, depending on whether the trick is in the same second as the checkout. */
  reused: boolean | undefined;
  play: (dir: string, repo: MirroredRepo) => Promise<unknown>;
}[] = [
  {
    what: 'new and ignored files, folders and links',
    reused: true,
    play: async (dir) => {
      await mkdir(join(dir, '.terraform/providers'), { recursive: true });
      await writeFile(join(dir, '.terraform/providers/x'), 'x');
      await writeFile(join(dir, 'ignored'), 'x');
      await mkdir(join(dir, 'empty'));
      await symlink('/etc', join(dir, 'etc'));
    },
  },
  {
    what: 'a changed file of the same size, time and inode',
    reused: true,
    play: async (dir) => {
      const path = join(dir, 'main.tf');
      const { atime, mtime } = await stat(path);
      await writeFile(path, 'CONTENT');
      await utimes(path, atime, mtime);
    },
  },
  {
    what: 'a file that was removed, and one made executable',
    reused: true,
    play: async (dir) => {
      await rm(join(dir, 'main.tf'));
      await chmod(join(dir, 'a/b/deep.tf'), 0o777);
    },
  },
  {
    what: 'a hard link to a file from outside',
    reused: undefined,
    play: async (dir) => {
      await link(join(dir, 'main.tf'), join(dirname(dir), '..', 'outside'));
    },
  },
  {
    what: 'a folder replaced by a link to its twin',
    reused: true,
    play: async (dir) => {
      await rename(join(dir, 'a'), join(dir, 'twin'));
      await symlink('twin', join(dir, 'a'));
    },
  },
  {
    what: 'a folder replaced by a link to one outside',
    reused: true,
    play: async (dir) => {
      const outside = await temporaryDir();
      await rename(join(dir, 'a'), join(outside, 'a'));
      await symlink(join(outside, 'a'), join(dir, 'a'));
    },
  },
  {
    what: 'a file in the place of a folder',
    reused: true,
    play: async (dir) => {
      await rm(join(dir, 'a'), { recursive: true });
      await writeFile(join(dir, 'a'), 'file');
    },
  },
  {
    what: 'an untracked repository with files',
    reused: true,
    play: (dir) => git(dir, 'init', '--quiet', 'nested'),
  },
  {
    what: 'changes that git was told to overlook',
    reused: true,
    play: async (dir) => {
      await git(dir, 'update-index', '--assume-unchanged', 'main.tf');
      await git(dir, 'update-index', '--skip-worktree', 'a/b/deep.tf');
      await writeFile(join(dir, 'main.tf'), 'CONTENT');
      await writeFile(join(dir, 'a/b/deep.tf'), 'DEEP');
    },
  },
  {
    what: 'commits, branches and settings made in the worktree',
    reused: true,
    play: async (dir) => {
      await writeFile(join(dir, 'new.tf'), 'new');
      await git(dir, 'switch', '--quiet', '--create', 'mine');
      await git(dir, 'add', 'new.tf');
      await git(dir, 'commit', '--quiet', '--message', 'Mine');
      await git(dir, 'config', 'core.excludesFile', join(dir, '.gitignore'));
    },
  },
  {
    what: 'a link to git that leads elsewhere',
    reused: true,
    play: async (dir) => {
      await rm(join(dir, '.git'));
      await git(dir, 'init', '--quiet');
    },
  },
  { what: 'a repository in a tracked folder', reused: false, play: (dir) => git(join(dir, 'a'), 'init', '--quiet') },
  { what: 'a pipe', reused: false, play: (dir) => run('mkfifo', join(dir, 'a/pipe')) },
  { what: 'a file that was made read-only', reused: undefined, play: (dir) => chmod(join(dir, 'main.tf'), 0o400) },
  { what: 'a folder that was made read-only', reused: false, play: (dir) => chmod(join(dir, 'a/b'), 0o500) },
  {
    what: 'a changed index of ours',
    reused: false,
    play: async (dir) => {
      const env = { GIT_INDEX_FILE: join(dirname(dir), 'index') };
      await writeFile(join(dir, 'main.tf'), 'CONTENT');
      await run(
        'git',
        '-C',
        dir,
        `--git-dir=${join(dir, '.git')}`,
        'update-index',
        '--assume-unchanged',
        'main.tf',
        env,
      );
    },
  },
  {
    what: 'a tree replaced by a link to another folder',
    reused: false,
    play: async (dir) => {
      const outside = await temporaryDir();
      await rename(dir, join(outside, 'tree'));
      await writeFile(join(outside, 'tree', 'precious'), '');
      await symlink(join(outside, 'tree'), dir);
    },
  },
];

describe('a checkout after a run that left', () => {
  it.each(tricks)('$what', async ({ play, reused }) => {
    const repo = await mirroredRepo(files);
    const used = await openAt(repo, repo.first);
    await play(used.dir, repo);
    await releaseCheckout(repo.deps, used);
    expect(reused === undefined ? [0, 1] : [Number(reused)]).toContain(await spareCount(repo));
    await repo.fetch();
    const next = await openAt(repo, repo.first);
    expect(await contentOf(next.dir)).toEqual(clean);
    expect((await lstat(join(next.dir, 'main.tf'))).nlink).toBe(1);
    expect((await stat(join(next.dir, 'a/b/deep.tf'))).mode & 0o111).toBe(0);
    expect(await git(next.dir, 'status', '--porcelain', '--ignored')).toBe('');
    expect(await git(next.dir, 'rev-parse', 'HEAD')).toBe(repo.first);
  });

  it('a process that goes on writing', async () => {
    const repo = await mirroredRepo(files);
    const used = await openAt(repo, repo.first);
    const writer = spawn('sh', ['-c', 'while true; do echo x >> main.tf; done'], { cwd: used.dir, stdio: 'ignore' });
    try {
      await waitFor('it to write', async () => (await stat(join(used.dir, 'main.tf'))).size > 100);
      await releaseCheckout(repo.deps, used);
      const next = await openAt(repo, repo.first);
      expect(await contentOf(next.dir)).toEqual(clean);
    } finally {
      writer.kill('SIGKILL');
      await new Promise((resolve) => writer.once('close', resolve));
    }
  });

  it('a file that is open for writing', async () => {
    const repo = await mirroredRepo(files);
    const used = await openAt(repo, repo.first);
    const handle = await open(join(used.dir, 'main.tf'), 'a');
    await releaseCheckout(repo.deps, used);
    const next = await openAt(repo, repo.first);
    await handle.write('evil');
    await handle.close();
    expect(await contentOf(next.dir)).toEqual(clean);
  });

  it('the insides of a submodule', async () => {
    const repo = await mirroredRepo(files);
    await git(repo.source, 'update-index', '--add', '--cacheinfo', `160000,${repo.first},sub`);
    await git(repo.source, 'commit', '--quiet', '--message', 'Submodule');
    const sha = await git(repo.source, 'rev-parse', 'HEAD');
    await repo.fetch();
    const used = await openAt(repo, sha);
    await writeFile(join(used.dir, 'sub', 'evil.tf'), '');
    await releaseCheckout(repo.deps, used);
    const next = await openAt(repo, sha);
    expect(await contentOf(next.dir)).toEqual({ ...clean, sub: 'folder' });
  });
});

describe('cleanCheckouts', () => {
  it('removes what belongs to nobody, and keeps the rest', async () => {
    const repo = await mirroredRepo(files);
    const [kept, gone, released] = await Promise.all(
      ['run 1', 'run 2', 'run 3'].map((owner) => openAt(repo, repo.first, owner)),
    );
    if (!kept || !gone || !released) throw new Error('not opened');
    await releaseCheckout(repo.deps, released);
    await mkdir(join(checkoutsDir(repo.deps), '1-half-made'));
    await cleanCheckouts(repo.deps, (owner) => owner === 'run 1');
    expect(await readdir(checkoutsDir(repo.deps))).toEqual([kept.dir.split('/').at(-2)]);
    expect(await spareCount(repo)).toBe(0);
    expect(await readdir(join(mirrorDir(repo.deps, 1), 'worktrees'))).toHaveLength(1);
    await appendFile(join(kept.dir, 'main.tf'), '!');
    expect(await git(kept.dir, 'status', '--porcelain')).toBe('M main.tf'.padStart(10));
  });

  it('leaves the work to emptyTrash, which removes read-only folders too', async () => {
    const repo = await mirroredRepo(files);
    const { dir } = await openAt(repo, repo.first);
    await chmod(join(dir, 'a'), 0o500);
    await cleanCheckouts(repo.deps, () => false);
    const [thrownAway = ''] = await readdir(trashDir(repo.deps));
    expect(await readFile(join(trashDir(repo.deps), thrownAway, 'tree/a/b/deep.tf'), 'utf8')).toBe('deep');
    await emptyTrash(repo.deps);
    expect(await readdir(trashDir(repo.deps))).toEqual([]);
  });
});

async function run(file: string, ...rest: (string | Record<string, string>)[]): Promise<void> {
  const args = rest.filter((one) => typeof one === 'string');
  const env = Object.assign({}, process.env, ...rest.filter((one) => typeof one !== 'string')) as NodeJS.ProcessEnv;
  const child = spawn(file, args, { env, stdio: 'inherit' });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${file} ended with ${String(code)}`);
}
