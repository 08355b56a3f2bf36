import { describe, expect, it } from 'vitest';
import { readOptions } from './read-options.ts';
import { optionsTable } from './table/index.ts';

const noHost =
  '--gh-user/--gh-token or --gh-user/--gh-token-file or --gh-app-id/--gh-app-key-file or --gh-app-id/--gh-app-key or --gitea-user/--gitea-token or --gitlab-user/--gitlab-token or --bitbucket-user/--bitbucket-token or --azuredevops-user/--azuredevops-token or --local-repos-dir must be set';

describe('readOptions: what the server does not start with', () => {
  it.each([
    ['--log-level=loud', 'invalid log level: must be one of [debug info warn error] (--log-level)'],
    ['--language=tlh', 'unsupported language "tlh": supported languages are en, es (--language)'],
    [
      '--default-tf-distribution=x',
      'invalid tf distribution: expected one of terraform or opentofu (--default-tf-distribution)',
    ],
    ['--tf-distribution=x', 'invalid tf distribution: expected one of terraform or opentofu (--tf-distribution)'],
    ['--checkout-strategy=x', 'invalid checkout strategy: not one of branch or merge (--checkout-strategy)'],
    ['--automerge-method=x', 'invalid --automerge-method: must be one of [merge rebase squash]'],
    ['--ssl-key-file=x', '--ssl-key-file and --ssl-cert-file are both required for ssl'],
    ['--repo-allowlist=', '--repo-allowlist must be set for security purposes'],
    ['--repo-allowlist=https://h/a/b', '--repo-allowlist cannot contain ://, should be hostnames only'],
    ['--bitbucket-base-url=h', '--bitbucket-base-url must have http:// or https://, got "h"'],
    ['--gitea-base-url=h', '--gitea-base-url must have http:// or https://, got "h"'],
    [
      '--gitlab-hostname=https://me:hunter2@h',
      '--gitlab-hostname must not hold a user name or a password; set --gitlab-token instead',
    ],
    [
      '--gitea-base-url=https://me:hunter2@h',
      '--gitea-base-url must not hold a user name or a password; set --gitea-token instead',
    ],
    [
      '--atlantis-url=https://me:hunt@er2@h',
      'parsing --atlantis-url flag "https://***@h": it is in every comment, and must not hold a user name or a password',
    ],
    ['--tfe-hostname=h', 'if setting --tfe-hostname, must set --tfe-token'],
    ['--autoplan-file-list=**/*.tf,[', 'invalid pattern in --autoplan-file-list, **/*.tf,[: syntax error in pattern'],
    ['--allow-commands=plan, apply', 'invalid --allow-commands: unknown command name:  apply'],
    [
      '--webhook-http-headers={"a":1}',
      'invalid --webhook-http-headers: must be a JSON object whose values are strings or lists of strings',
    ],
    [
      '--webhook-http-headers=hunter2',
      'invalid --webhook-http-headers: must be a JSON object whose values are strings or lists of strings',
    ],
    ['--enable-drift-remediation', '--enable-drift-remediation requires --enable-drift-detection'],
    ['--atlantis-url=h:80', 'parsing --atlantis-url flag "h:80": http or https must be specified'],
    [
      '--enable-external-stores',
      '--enable-external-stores is set but no external_stores.plan_store.type is configured in the server-side repo config',
    ],
    ['--autodiscover-mode=x', 'invalid --autodiscover-mode: must be one of [auto enabled disabled]'],
    ['--locking-db-type=x', 'invalid --locking-db-type: must be one of [boltdb redis]'],
    ['--web-basic-auth', '--web-basic-auth needs --web-password set to something else than the default'],
    ['--port=70000', '--port: 70000 is too large, the most is 65535'],
    ['--port=-1', '--port: -1 is too small, the least is 1'],
    ['--terraform-timeout=1ms', '--terraform-timeout: the least is 1s'],
    [
      '--database-url=mysql://u:hunter2@h/d',
      '--database-url: expected sqlite:<path> or postgres://<user>:<password>@<host>/<database>',
    ],
    ['--default-tf-version=new', '--default-tf-version: "new" is not a version such as 1.9.5'],
    ['--host=http://h', '--host: expected an address or a host name to listen on, such as 127.0.0.1'],
    ['--executable-name=a b', '--executable-name: the first word of a comment cannot contain blanks'],
    ['--gh-user=a', `--gh-user goes with --gh-token or --gh-token-file: ${noHost}`],
    ['--gh-token=a', `--gh-user goes with --gh-token or --gh-token-file: ${noHost}`],
    ['--gh-app-key=a', `--gh-app-id goes with --gh-app-key or --gh-app-key-file: ${noHost}`],
    ['--gitlab-token=a', `--gitlab-user goes with --gitlab-token: ${noHost}`],
  ])('%s', (flag, message) => {
    expect(errors([flag])).toEqual([message]);
  });

  it.each([
    [['--gh-user=a', '--gh-token=b', '--gh-token-file=c'], '--gh-token and --gh-token-file exclude each other'],
    [
      ['--gh-app-id=1', '--gh-app-key=b', '--gh-app-key-file=c', '--write-git-creds'],
      '--gh-app-key and --gh-app-key-file exclude each other',
    ],
  ])('two forms of one credential: %j', (flags, message) => {
    expect(errors(flags)).toEqual([`${message}: ${noHost}`]);
  });

  it.each([
    [['--redis-host=h'], ['--redis-cluster-addresses cannot be combined with --redis-host']],
    [['--redis-port=1'], ['--redis-cluster-addresses cannot be combined with --redis-port']],
    [['--redis-db=1'], ['--redis-db is not supported in cluster mode (Redis Cluster ignores the DB parameter)']],
  ])('a Redis cluster with %j', (flags, messages) => {
    expect(errors(['--redis-cluster-addresses=a:1', ...flags])).toEqual(messages);
  });

  it.each(['https://tfe.acme.example', 'tfe.acme.example:8443'])('--tfe-hostname=%s', (name) => {
    expect(errors(['--tfe-token=t', `--tfe-hostname=${name}`])).toEqual([
      `--tfe-hostname: expected a host name alone, such as app.terraform.io, got "${name}"`,
    ]);
  });

  it('a GitHub App without --write-git-creds', () => {
    expect(errors(['--gh-app-id=1', '--gh-app-key=k'])).toEqual([
      'github App requires --write-git-creds to support cloning',
    ]);
  });

  it('neither a host nor local repositories', () => {
    expect(errors([], ['--repo-allowlist=*'])).toEqual([noHost]);
  });

  it('several errors at once, told in a fixed order', () => {
    expect(
      errors(['--port=70000', '--ssl-key-file=x', '--log-level=x'], []).map((message) => message.split(/[ :]/)[0]),
    ).toEqual(['invalid', '--ssl-key-file', '--gh-user/--gh-token', '--repo-allowlist', '--port']);
  });

  it.each([['--enable-policy-checks', 'policies are not checked yet, and applies would go ahead without them']])(
    '%s, which protects and is not enforced',
    (flag, why) => {
      const name = flag.replace(/=.*/, '');
      expect(errors([flag])).toEqual([
        `${name} protects something, and this version does not enforce it yet: ${why}. Remove it to start without`,
      ]);
    },
  );

  it('both forms of the server-side configuration', () => {
    expect(errors(['--repo-config=r.yaml', '--repo-config-json={}'])[0]).toBe(
      'cannot use --repo-config and --repo-config-json at the same time',
    );
  });
});

describe('readOptions: messages', () => {
  it.each(Object.entries(optionsTable).filter(([, row]) => 'secret' in row))(
    'never shows the value of --%s',
    (name) => {
      const sources = { argv: [`--${name}=hunter2\n`, '--port=x', '--log-level=x'], env: {}, readFile: () => '' };
      expect(JSON.stringify(readOptions(sources))).not.toContain('hunter2');
      expect(errors([`--${name}=hunter2`, '--log-level=x']).join()).not.toContain('hunter2');
    },
  );
});

function errors(argv: readonly string[], base = ['--repo-allowlist=*', '--local-repos-dir=/srv']): readonly string[] {
  const result = readOptions({ argv: [...base, ...argv], env: {}, readFile: () => '' });
  return result.kind === 'invalid' ? result.errors : [];
}
