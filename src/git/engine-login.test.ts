import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../test/support/temp.ts';
import { engineLoginEnvironment } from './engine-login.ts';

const password = 'pass word%"$(id)`\'\\';
const hub = { url: 'https://github.example.com', credentials: { username: 'x-access-token', password } };
const lab = { url: 'http://example.com:8080/gitlab', credentials: { username: 'bot', password: 'of the lab' } };

/** Git as a program finds it that was started with this environment, and this file as the user's configuration. */
async function gitOf(base: Readonly<Record<string, string>>, configuration = '') {
  const home = await temporaryDir();
  const env = { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', ...base };
  const settings = { ...env, ...engineLoginEnvironment(base, [hub, lab]) };
  const git = (args: readonly string[], input = '') =>
    execFileSync('git', args, { env: settings, cwd: home, input, encoding: 'utf8', stdio: 'pipe' });
  if (configuration !== '') execFileSync('sh', ['-c', 'cat > "$HOME/.gitconfig"'], { env, input: configuration });
  return {
    addressOf: (url: string) => git(['ls-remote', '--get-url', url]).trim(),
    setting: (name: string) => git(['config', '--get', name]).trim(),
    ask: (protocol: string, host: string, path = 'acme/modules.git') => {
      try {
        const answer = git(['credential', 'fill'], `protocol=${protocol}\nhost=${host}\npath=${path}\n\n`);
        return /^password=(.*)$/m.exec(answer)?.[1];
      } catch {
        return 'nothing';
      }
    },
  };
}

describe('engineLoginEnvironment', () => {
  it('lets git log in at each site, and nowhere else', async () => {
    const { ask } = await gitOf({});
    expect(ask('https', 'github.example.com')).toBe(password);
    expect(ask('http', 'example.com:8080', 'gitlab/acme/modules.git')).toBe('of the lab');
    expect(ask('http', 'example.com:8080', 'other/acme/modules.git')).toBe('nothing');
    expect(ask('http', 'github.example.com')).toBe('nothing');
    expect(ask('https', 'github.example.com.evil.example')).toBe('nothing');
  });

  it('fetches over HTTP what is named by an SSH address of a site', async () => {
    const { addressOf } = await gitOf({});
    expect(addressOf('ssh://git@github.example.com/acme/m.git')).toBe('https://github.example.com/acme/m.git');
    expect(addressOf('git@github.example.com:acme/m.git')).toBe('https://github.example.com/acme/m.git');
    expect(addressOf('ssh://git@example.com/acme/m.git')).toBe('http://example.com:8080/gitlab/acme/m.git');
    expect(addressOf('ssh://git@github.example.com.evil.example/m')).toBe(
      'ssh://git@github.example.com.evil.example/m',
    );
  });

  it("keeps the operator's own settings of git", async () => {
    const own = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'user.name', GIT_CONFIG_VALUE_0: 'Ada' };
    const { setting, ask } = await gitOf(own);
    expect(setting('user.name')).toBe('Ada');
    expect(ask('https', 'github.example.com')).toBe(password);
  });

  it('does not let a helper that keeps an old token answer first', async () => {
    const old = '[credential]\n\thelper = "!f() { echo username=x; echo password=old; }; f"\n';
    const { ask } = await gitOf({}, old);
    expect(ask('https', 'github.example.com')).toBe(password);
    expect(ask('https', 'elsewhere.example.com')).toBe('old');
  });

  it('refuses credentials that would add a line to what git is told', () => {
    const broken = { ...hub, credentials: { username: 'x', password: 'y\nhost=evil' } };
    expect(() => engineLoginEnvironment({}, [broken])).toThrow('a line break');
  });
});
