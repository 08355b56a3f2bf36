import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
});
