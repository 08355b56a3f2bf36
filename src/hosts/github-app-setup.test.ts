import { describe, expect, it } from 'vitest';
import { readOptions } from '../config/index.ts';
import { silentLog } from '../lib/log.ts';
import { buildGithubAppSetup } from './github-app-setup.ts';

function setupOf(...flags: string[]) {
  const reading = readOptions({ argv: ['--repo-allowlist=*', ...flags], env: {}, readFile: () => '' });
  if (reading.kind !== 'ok') throw new Error(JSON.stringify(reading));
  return buildGithubAppSetup({ options: reading.options, log: silentLog(), now: Date.now, env: {} });
}

describe('buildGithubAppSetup', () => {
  it('registers the app on github.com for whoever does it', () => {
    const setup = setupOf('--gh-user=anybody', '--gh-token=anybody');
    expect(setup.registrationUrl('a b')).toBe('https://github.com/settings/apps/new?state=a%20b');
    expect(setup.isDone).toBe(false);
  });

  it('registers it on a GitHub of our own for an organisation', () => {
    const setup = setupOf('--gh-user=x', '--gh-token=x', '--gh-hostname=github.example.com', '--gh-org=acme');
    const expected = 'https://github.example.com/organizations/acme/settings/apps/new?state=s';
    expect(setup.registrationUrl('s')).toBe(expected);
  });

  it('is done where the server works as an app', () => {
    expect(setupOf('--gh-app-id=7', '--gh-app-key=pem', '--write-git-creds').isDone).toBe(true);
  });
});
