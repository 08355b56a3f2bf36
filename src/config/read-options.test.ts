import { describe, expect, it } from 'vitest';
import { readOptions } from './read-options.ts';

const enough = ['--repo-allowlist=local/*', '--local-repos-dir=/srv/git'];
const machine = { hostname: 'box', homeDir: '/home/ann', cwd: '/work' };

type Extra = { env?: Record<string, string>; file?: string };

describe('readOptions: where values come from', () => {
  it('prefers the command line to the environment, that to the file, and that to the default', () => {
    const env = { POLDER_PORT: '2', ATLANTIS_PORT: '3' };
    const file = 'port: 4';
    expect(read(['--config=c.yaml', '--port=1'], { env, file }).port).toBe(1);
    expect(read(['--config=c.yaml'], { env, file }).port).toBe(2);
    expect(read(['--config=c.yaml'], { env: { ATLANTIS_PORT: '3' }, file }).port).toBe(3);
    expect(read(['--config=c.yaml'], { file }).port).toBe(4);
    expect(read([]).port).toBe(4141);
  });

  it('finds the configuration file through the environment', () => {
    expect(read([], { env: { ATLANTIS_CONFIG: '~/c.yaml' }, file: 'port: 7' })).toMatchObject({
      port: 7,
      config: '/home/ann/c.yaml',
    });
  });

  it('names the variable after the whole flag', () => {
    expect(read([], { env: { ATLANTIS_ATLANTIS_URL: 'https://h/base/' } }).atlantisUrl).toBe('https://h/base');
  });

  it('takes an empty variable for none', () => {
    expect(read([], { env: { POLDER_PORT: '', ATLANTIS_PORT: '5' } }).port).toBe(5);
  });

  it.each(['tcp://10.0.0.1:80', 'udp://10.0.0.1:80'])('passes over the service link %s', (link) => {
    expect(read([], { env: { ATLANTIS_PORT: link } }).port).toBe(4141);
    expect(read([], { env: { POLDER_PORT: link, ATLANTIS_PORT: '9' } }).port).toBe(9);
  });

  it('tells where a value is that it cannot read', () => {
    expect(errors(['--port=a'])).toEqual(['--port: "a" is not a whole number']);
    expect(errors([], { env: { ATLANTIS_PORT: 'a' } })).toEqual([
      '--port: "a" is not a whole number (from ATLANTIS_PORT)',
    ]);
    expect(errors(['--config=c.yaml'], { file: '\nport: a' })).toEqual([
      '--port: "a" is not a whole number (from /work/c.yaml line 2)',
    ]);
  });

  it('asks for help instead of reading', () => {
    expect(readOptions({ argv: ['--help'], env: {}, readFile: () => '' })).toEqual({ kind: 'help' });
  });
});

describe('readOptions: values', () => {
  it('makes every path of a list absolute', () => {
    const { varFileAllowlist } = read(['--var-file-allowlist=vars,~/v, /srv/v,']);
    expect(varFileAllowlist).toEqual(['/work/vars', '/home/ann/v', '/srv/v']);
  });

  it('takes a comma at the end of the file list for nothing', () => {
    expect(read(['--autoplan-file-list=**/*.tf, ,']).autoplanFileList).toEqual(['**/*.tf']);
  });

  it('works out the defaults that depend on others', () => {
    expect(read(['--data-dir=~/d', '--port=80', '--bitbucket-user=@ann', '--bitbucket-token=t'])).toMatchObject({
      dataDir: '/home/ann/d',
      databaseUrl: 'sqlite:/home/ann/d/polder/polder.db',
      sharePlanDir: '/home/ann/d',
      varFileAllowlist: ['/home/ann/d'],
      atlantisUrl: 'http://box:80',
      bitbucketUser: 'ann',
      bitbucketApiUser: 'ann',
    });
  });

  it('makes paths absolute', () => {
    expect(read(['--ssl-cert-file=a', '--ssl-key-file=/b', '--terraform-binary=../tofu'])).toMatchObject({
      sslCertFile: '/work/a',
      sslKeyFile: '/b',
      terraformBinary: '/tofu',
    });
  });

  it.each([
    ['--port=0', { port: 4141 }],
    ['--parallel-pool-size=0', { parallelPoolSize: 15 }],
    ['--max-comments-per-command=0', { maxCommentsPerCommand: 0 }],
    ['--allow-commands=', { allowCommands: ['version', 'plan', 'apply', 'unlock', 'approve_policies', 'cancel'] }],
    ['--log-level=', { logLevel: 'info' }],
    ['--log-level=DEBUG', { logLevel: 'debug' }],
    ['--tf-distribution=opentofu', { defaultTfDistribution: 'opentofu' }],
    ['--terraform-timeout=90m', { terraformTimeout: 5_400_000 }],
    ['--gh-user=@@ann', { ghUser: '@ann' }],
  ])('reads %s', (flag, expected) => {
    const token = flag.startsWith('--gh-user') ? ['--gh-token=t'] : [];
    expect(read([flag, ...token])).toMatchObject(expected);
  });

  it('prefers the newer name of the distribution to the older one, even to say what is the default', () => {
    expect(read(['--tf-distribution=opentofu', '--default-tf-distribution=terraform'])).toMatchObject({
      defaultTfDistribution: 'terraform',
    });
  });

  it('allows every command for `all`', () => {
    expect(read(['--allow-commands=plan,all']).allowCommands).toEqual([
      'version',
      'plan',
      'apply',
      'unlock',
      'approve_policies',
      'cancel',
      'import',
      'state',
      'policy_check',
    ]);
  });

  it('shows no word that may be half of a secret', () => {
    expect(errors(['--api-secret=my', 'hunter2'])).toEqual([
      'unexpected argument after --api-secret: write values as --flag value or --flag=value, and switch off with --flag=false',
    ]);
  });
});

describe('readOptions: warnings', () => {
  it('tells all options without effect in one warning', () => {
    expect(
      warnings(['--config=c.yaml', '--bitbucket-user=a', '--bitbucket-token=b', '--tfe-local-execution-mode'], {
        file: 'webhooks: []',
      }),
    ).toEqual([
      'accepted, but without effect in this version: webhooks (in the configuration file) (outgoing notifications are not sent yet); --tfe-local-execution-mode (logs are streamed wherever runs take place); --bitbucket-user, --bitbucket-token (this version does not work with Bitbucket or Azure DevOps yet)',
    ]);
  });

  it('is silent about an option that is set to what it would be anyway', () => {
    expect(warnings(['--automerge=false', '--vcs-status-name=atlantis', '--share-plan-dir=~/.atlantis'])).toEqual([]);
  });

  it('warns of a line break in a token, but not in a key', () => {
    const flags = ['--api-secret=a\n', '--gh-app-id=1', '--gh-app-key=a\nb', '--write-git-creds'];
    expect(warnings(flags)[0]).toBe('--api-secret contains a newline which is usually unintentional');
    expect(warnings(flags)).toHaveLength(1);
  });

  it('warns of an older name', () => {
    expect(warnings(['--tf-distribution=terraform'])).toEqual([
      '--tf-distribution is deprecated: use --default-tf-distribution',
    ]);
  });
});

function readAll(argv: readonly string[], { env = {}, file }: Extra = {}) {
  const readFile = () => {
    if (file === undefined) throw new Error('no such file');
    return file;
  };
  return readOptions({ argv: [...enough, ...argv], env, readFile, machine });
}

function read(argv: readonly string[], extra?: Extra) {
  const result = readAll(argv, extra);
  if (result.kind !== 'ok') throw new Error(JSON.stringify(result));
  return result.options;
}

function errors(argv: readonly string[], extra?: Extra) {
  const result = readAll(argv, extra);
  return result.kind === 'invalid' ? result.errors : result;
}

function warnings(argv: readonly string[], extra?: Extra) {
  const result = readAll(argv, extra);
  return result.kind === 'ok' ? result.warnings : [JSON.stringify(result)];
}
