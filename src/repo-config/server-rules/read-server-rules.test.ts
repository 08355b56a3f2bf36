import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../../test/support/temp.ts';
import { readServerRules } from './read-server-rules.ts';
import { noServerRules } from './rules-for-repo.ts';

const options = {
  repoConfig: '',
  repoConfigJson: '',
  ghHostname: 'github.com',
  gitlabHostname: 'gitlab.com',
  giteaBaseUrl: 'https://gitea.com',
  bitbucketBaseUrl: 'https://api.bitbucket.org',
  azuredevopsHostname: 'dev.azure.com',
};

describe('readServerRules', () => {
  it('finds no rules where the options name none', async () => {
    expect(await readServerRules(options)).toEqual({ kind: 'ok', rules: noServerRules });
  });

  it('reads the file that is named', async () => {
    const repoConfig = join(await temporaryDir(), 'repos.yaml');
    await writeFile(repoConfig, 'repos: [{id: /x/, workflow: default}]');
    const read = await readServerRules({ ...options, repoConfig });
    expect(read).toMatchObject({ kind: 'ok', rules: { file: 'repos.yaml', entries: [{ workflow: 'default' }] } });
  });

  it('says why the file cannot be read', async () => {
    const repoConfig = join(await temporaryDir(), 'repos.yaml');
    const read = await readServerRules({ ...options, repoConfig });
    expect(read.kind === 'invalid' && read.message).toBe(
      `parsing ${repoConfig} file: unable to read ${repoConfig} file: ENOENT: no such file or directory, open '${repoConfig}'`,
    );
  });

  it('reads the rules that are given as JSON', async () => {
    const repoConfigJson = '{"repos": [{"id": "/x/", "workflow": "nope"}]}';
    const read = await readServerRules({ ...options, repoConfigJson });
    expect(read.kind === 'invalid' && read.message).toBe(
      'parsing --repo-config-json: line 1: repos[0].workflow: workflow "nope" is not defined',
    );
  });

  it.each([
    ['ghHostname', 'ghe'],
    ['gitlabHostname', 'http://ghe:8080/git'],
    ['gitlabHostname', 'ghe:8080'],
    ['giteaBaseUrl', 'http://ghe:3000'],
  ])('knows the hosts of the options: %s=%s', async (option, host) => {
    const repoConfigJson = '{"repos": [{"id": "ghe/acme/infra"}]}';
    expect(await readServerRules({ ...options, repoConfigJson, [option]: host })).toMatchObject({ kind: 'ok' });
    expect(await readServerRules({ ...options, repoConfigJson })).toMatchObject({ kind: 'invalid' });
  });
});
