import { execFile } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { git } from '../../../test/support/git.ts';
import { temporaryDir } from '../../../test/support/temp.ts';
import { makeSampleRepo, sampleRepoName } from './sample-repo.ts';

describe('makeSampleRepo', () => {
  it('leaves a sample of an earlier time as it is', async () => {
    const reposDir = await temporaryDir();
    const dir = join(reposDir, sampleRepoName);
    await makeSampleRepo(reposDir, process.env);
    await appendFile(join(dir, 'app/main.tf'), '# tried out\n');
    await makeSampleRepo(reposDir, process.env);
    expect(await readFile(join(dir, 'app/main.tf'), 'utf8')).toContain('# tried out');
    expect(await git(dir, 'rev-list', '--count', 'main')).toBe('1');
  });

  it('lets somebody commit whom git does not know', async () => {
    const reposDir = await temporaryDir();
    const home = await temporaryDir();
    // As where git cannot guess an address of the machine's name.
    await writeFile(join(home, '.gitconfig'), '[user]\n\tuseConfigOnly = true\n');
    const env = { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: '1' };
    await makeSampleRepo(reposDir, env);
    const commit = ['commit', '--quiet', '--allow-empty', '--message', 'Try it'];
    const dir = join(reposDir, sampleRepoName);
    await promisify(execFile)('git', commit, { cwd: dir, env });
    expect(await git(dir, 'rev-list', '--count', 'main')).toBe('2');
  });

  it('leaves commits to whom git knows', async () => {
    const reposDir = await temporaryDir();
    const home = await temporaryDir();
    await writeFile(join(home, '.gitconfig'), '[user]\n\tname = Ada\n\temail = ada@example.com\n');
    await makeSampleRepo(reposDir, { PATH: process.env.PATH, HOME: home });
    const config = await readFile(join(reposDir, sampleRepoName, '.git/config'), 'utf8');
    expect(config).not.toContain('[user]');
  });
});
