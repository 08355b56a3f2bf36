import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mirroredRepo } from '../../test/support/mirror.ts';
import { gitError, runGit, tryGit, withDisk } from './run-git.ts';

const activity = 'testing';

describe('runGit', () => {
  it("gives git's own reason, without the folder that everything is in", async () => {
    const { deps } = await mirroredRepo({});
    const gitDir = join(deps.dataDir, 'repos', 'nope');
    const ran = runGit(deps, { activity, args: ['cat-file', '-p', 'nope'], gitDir });
    await expect(ran).rejects.toMatchObject({
      code: 'git_failed',
      message: "testing: not a git repository: 'repos/nope'",
    });
  });

  it('says that git is not there', async () => {
    const { deps } = await mirroredRepo({});
    const without = { ...deps, environment: { ...deps.environment, PATH: '/nope' } };
    const ran = runGit(without, { activity, args: ['version'] });
    await expect(ran).rejects.toThrow("testing: starting 'git': there is no such program");
  });

  it('refuses output that is too long', async () => {
    const { deps } = await mirroredRepo({});
    const ran = runGit(deps, { activity, args: ['help', '--all'], maxBytes: 10 });
    await expect(ran).rejects.toThrow('testing: git printed more than is accepted');
  });
});

describe('tryGit', () => {
  it('hides secrets in all the forms in which git repeats them', async () => {
    const { deps } = await mirroredRepo({});
    const secret = 'a b/ü';
    const told = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')].join(' and ');
    const failure = await tryGit(deps, { activity, args: [told, 'x'], secrets: [secret] });
    expect(failure).toMatchObject({
      reason: expect.stringContaining("git: '<redacted> and <redacted> and <redacted>'") as string,
    });
  });
});

describe('gitError', () => {
  it('tells a full disk from other trouble', () => {
    expect(gitError(activity, { reason: 'x', diskFull: true, damaged: false })).toMatchObject({
      code: 'disk_full',
      message: 'testing: x',
    });
    expect(gitError(activity, { reason: 'x', diskFull: false, damaged: false })).toMatchObject({ code: 'git_failed' });
  });
});

describe('withDisk', () => {
  it('names the activity when the disk is full', async () => {
    const full = withDisk(activity, () => Promise.reject(Object.assign(new Error('write'), { code: 'ENOSPC' })));
    await expect(full).rejects.toMatchObject({
      code: 'disk_full',
      message: 'testing: there is no space left on the disk',
    });
  });

  it('lets other errors pass', async () => {
    await expect(withDisk(activity, () => Promise.reject(new Error('other')))).rejects.toThrow('other');
  });
});
