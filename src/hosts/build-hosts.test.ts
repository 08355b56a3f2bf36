import { describe, expect, it } from 'vitest';
import { readOptions } from '../config/index.ts';
import { silentLog } from '../lib/log.ts';
import { buildHosts } from './build-hosts.ts';

async function hostsOf(...flags: string[]): Promise<string[]> {
  const reading = readOptions({ argv: ['--repo-allowlist=*', ...flags], env: {}, readFile: () => '' });
  if (reading.kind !== 'ok') throw new Error(JSON.stringify(reading));
  const order = { options: reading.options, log: silentLog(), now: Date.now, env: {}, localPulls: null };
  return (await buildHosts(order)).all.map(({ type, hostname }) => `${type} ${hostname}`);
}

const github = ['--gh-user=x', '--gh-token=x'];

describe('buildHosts', () => {
  it.each([
    ['github.example.com', 'Github github.example.com'],
    ['GitHub.Example.com', 'Github github.example.com'],
    ['github.example.com/', 'Github github.example.com'],
    ['github.example.com:443', 'Github github.example.com'],
    ['github.example.com:8443', 'Github github.example.com:8443'],
  ])('knows the GitHub %s as rules name it', async (name, host) => {
    expect(await hostsOf(...github, `--gh-hostname=${name}`)).toContain(host);
  });

  it.each(['https://github.example.com', 'github.example.com/path', 'git hub'])(
    'refuses %s, which is no host name',
    async (name) => {
      const message = `reading --gh-hostname: expected a host name, such as github.example.com, got ${JSON.stringify(name)}`;
      await expect(hostsOf(...github, `--gh-hostname=${name}`)).rejects.toMatchObject({ message });
    },
  );
});
