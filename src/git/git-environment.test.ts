import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git, makeBareRepo } from '../../test/support/git.ts';
import { gitHttpServer } from '../../test/support/git-http-server.ts';
import { mirroredRepo } from '../../test/support/mirror.ts';
import { fetchMirror } from './fetch-mirror.ts';
import { credentialEnvironment, gitEnvironment } from './git-environment.ts';
import { mirrorDir } from './layout.ts';

describe('gitEnvironment', () => {
  it('passes on where programs are, which proxy to use and whom to trust, and nothing else', () => {
    const base = {
      PATH: '/bin',
      HTTPS_PROXY: 'http://proxy',
      GIT_SSL_CAINFO: '/ca',
      GIT_DIR: '/x',
      GIT_TRACE: '1',
      AWS_SECRET: 's',
    };
    const environment = gitEnvironment(base, '/home/of/git');
    expect(environment).toMatchObject({
      PATH: '/bin',
      HTTPS_PROXY: 'http://proxy',
      GIT_SSL_CAINFO: '/ca',
      HOME: '/home/of/git',
    });
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(['GIT_DIR']));
    expect(JSON.stringify(environment)).not.toMatch(/GIT_TRACE|AWS_SECRET/);
  });

  it('has git trust the authorities of the file that it is given, whatever variables say', () => {
    const environment = gitEnvironment({ GIT_SSL_CAINFO: '/ca', SSL_CERT_FILE: '/other' }, '/h', '/all');
    expect(environment).toMatchObject({ GIT_SSL_CAINFO: '/all' });
  });

  it('holds settings that git takes', () => {
    const env = { ...gitEnvironment(process.env, '/nope'), GIT_CONFIG_GLOBAL: '/dev/null' };
    const list = execFileSync('git', ['config', '--list', '--show-scope'], { env, cwd: '/', encoding: 'utf8' });
    expect(list).toContain('command\tcore.hookspath=/dev/null\n');
    expect(list).not.toMatch(/^(global|system)/m);
  });
});

describe('credentialEnvironment', () => {
  const credentials = { username: 'polder-bot', password: 'pass word%"$(id)`\'\\' };

  it('answers git for the origin of the URL alone', () => {
    const environment = gitEnvironment(process.env, '/nope');
    const env = { ...environment, ...credentialEnvironment(environment, 'https://git.example.com/a/b', credentials) };
    const ask = (host: string) => {
      const input = `protocol=https\nhost=${host}\n\n`;
      try {
        return execFileSync('git', ['credential', 'fill'], { env, cwd: '/', input, encoding: 'utf8', stdio: 'pipe' });
      } catch {
        return 'nothing';
      }
    };
    expect(ask('git.example.com')).toContain(`password=${credentials.password}\n`);
    expect(ask('evil.example.com')).toBe('nothing');
    expect(ask('git.example.com:8443')).toBe('nothing');
  });

  it('refuses credentials that would add a line to what git is told', () => {
    const add = () => credentialEnvironment({}, 'https://a.example', { username: 'x', password: 'y\nhost=evil' });
    expect(add).toThrow('a line break');
  });
});

describe('fetching with credentials', () => {
  const credentials = { username: 'polder-bot', password: 'hunter2-$(touch x)-"%20é' };
  const encoded = [credentials.password, encodeURIComponent(credentials.password), basic(credentials)];

  async function servedRepo(onRequest?: () => void) {
    const repo = await mirroredRepo({ 'main.tf': '# 1' });
    const root = join(repo.deps.dataDir, '..', 'served');
    await makeBareRepo(join(root, 'acme/infra.git'), repo.source);
    return { ...repo, root, server: await gitHttpServer(root, credentials, onRequest) };
  }

  it('logs in', async () => {
    const { deps, server, first } = await servedRepo();
    const source = { url: `${server.url}/acme/infra.git`, credentials };
    await fetchMirror(deps, { id: 2, fullName: 'acme/infra', source });
    expect(await git(mirrorDir(deps, 2), 'rev-parse', 'main')).toBe(first);
    expect(server.authorizations).toContain(`Basic ${basic(credentials)}`);
  });

  it.skipIf(!existsSync('/proc/self/cmdline'))(
    'leaves the credential in no file and in no argument of a process',
    async () => {
      let seen = '';
      const { deps, server } = await servedRepo(() => {
        seen += argumentsOfAll();
      });
      const source = { url: `${server.url}/acme/infra.git`, credentials };
      await fetchMirror(deps, { id: 2, fullName: 'acme/infra', source });
      expect(seen).toContain('git fetch');
      expect(seen).toContain(source.url);
      for (const form of encoded) {
        expect(seen).not.toContain(form);
        expect(await filesWith(deps.dataDir, form)).toEqual([]);
      }
    },
  );

  it('names the credential in no error', async () => {
    const { deps, server } = await servedRepo();
    const wrong = { ...credentials, password: `${credentials.password}-wrong` };
    const fetched = fetchMirror(deps, {
      id: 2,
      fullName: 'acme/infra',
      source: { url: `${server.url}/acme/infra.git`, credentials: wrong },
    });
    const error = await fetched.then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error?.message).toContain('fetching acme/infra: Authentication failed');
    for (const form of [wrong.password, encodeURIComponent(wrong.password), basic(wrong)]) {
      expect(String(error?.stack) + JSON.stringify(error)).not.toContain(form);
    }
  });

  it('does not show the credential to a host it is redirected to', async () => {
    const { deps, server, root } = await servedRepo();
    const other = await gitHttpServer(root, credentials);
    const url = `${server.url}/redirect-to/${encodeURIComponent(`${other.url}/acme`)}/infra.git`;
    const fetched = fetchMirror(deps, { id: 2, fullName: 'acme/infra', source: { url, credentials } });
    await expect(fetched).rejects.toMatchObject({ code: 'git_failed' });
    expect(other.authorizations.length).toBeGreaterThan(0);
    expect(new Set(other.authorizations)).toEqual(new Set(['']));
  });

  it('says that a credential is missing', async () => {
    const { deps, server } = await servedRepo();
    const fetched = fetchMirror(deps, {
      id: 2,
      fullName: 'acme/infra',
      source: { url: `${server.url}/acme/infra.git`, credentials: null },
    });
    await expect(fetched).rejects.toThrow(/fetching acme\/infra: could not read Username/);
  });
});

function basic({ username, password }: { username: string; password: string }): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/** The arguments of all processes there are; git waits for an answer while this looks. */
function argumentsOfAll(): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids
    .map((pid) => attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')))
    .join('\n');
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

async function filesWith(dir: string, text: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(paths.map((path) => readFile(path)));
  return paths.filter((_path, index) => contents[index]?.includes(text));
}
