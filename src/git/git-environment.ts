import { PolderError } from '../lib/errors.ts';

/** Of the server's environment, what git may see: where programs are, which proxy to use, whom to trust. */
const passed = [
  'PATH',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'GIT_EXEC_PATH',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'GIT_SSL_NO_VERIFY',
  'GIT_PROXY_SSL_CAINFO',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'http_proxy',
  'https_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'ALL_PROXY',
  'no_proxy',
  'NO_PROXY',
] as const;

/**
 * Settings that hold whatever a repository or a user has configured: nothing but git itself is ever run, no text is
 * converted, and changes in a checkout are found by looking at the files.
 */
const settings: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.untrackedCache', 'false'],
  ['core.sparseCheckout', 'false'],
  ['core.splitIndex', 'false'],
  ['core.autocrlf', 'false'],
  ['core.trustctime', 'true'],
  ['core.checkStat', 'default'],
  ['core.askPass', ''],
  ['credential.helper', ''],
  ['fetch.recurseSubmodules', 'false'],
  ['submodule.recurse', 'false'],
  ['gc.auto', '0'],
  ['gc.autoDetach', 'false'],
  ['maintenance.auto', 'false'],
  ['init.defaultBranch', 'main'],
  ['init.templateDir', ''],
  // A host that stops sending is given up on before the time limit of the whole fetch.
  ['http.lowSpeedLimit', '1000'],
  ['http.lowSpeedTime', '60'],
];

/**
 * The complete environment of every git process. `home` is a folder of ours that holds the only configuration file git
 * reads (git-config(1)). Users' configuration, credentials and hooks play no part. `authorities` is a file of all
 * certificate authorities that count; null leaves them to git.
 */
export function gitEnvironment(
  base: Readonly<Record<string, string | undefined>>,
  home: string,
  authorities: string | null = null,
): Readonly<Record<string, string>> {
  const kept = passed.flatMap((name): [string, string][] => (base[name] === undefined ? [] : [[name, base[name]]]));
  return {
    ...Object.fromEntries(kept),
    ...(authorities === null ? {} : { GIT_SSL_CAINFO: authorities }),
    HOME: home,
    XDG_CONFIG_HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: `${home}/.gitconfig`,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    ...configVariables(settings),
  };
}

/**
 * The file that git reads as the user's own. A repository on this disk may belong to another user than we run as; the
 * process that serves it gets no settings through its environment, so that this one has to be in a file.
 */
export const gitConfigFile = '[safe]\n\tdirectory = *\n';

export type Credentials = { readonly username: string; readonly password: string };

/**
 * What to add to the environment so that a fetch from `url` can log in there. The password stays in a variable: it is
 * in no argument, no file and no URL, and git asks for it only for this very origin, whatever it is redirected to.
 */
export function credentialEnvironment(
  environment: Readonly<Record<string, string>>,
  url: string,
  credentials: Credentials,
): Record<string, string> {
  refuseLineBreaks(url, credentials);
  const helper =
    '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$POLDER_GIT_USERNAME" "$POLDER_GIT_PASSWORD"; }; f';
  return {
    ...configVariables([[`credential.${new URL(url).origin}.helper`, helper]], Number(environment.GIT_CONFIG_COUNT)),
    POLDER_GIT_USERNAME: credentials.username,
    POLDER_GIT_PASSWORD: credentials.password,
  };
}

/** Credential helpers answer in lines (git-credential(1)): a line break would say something else to git. */
export function refuseLineBreaks(url: string, { username, password }: Credentials): void {
  if (!/[\r\n\0]/.test(username + password)) return;
  throw new PolderError('git_failed', `logging in at ${url}: the user name or the password has a line break`);
}

/** Settings as the environment carries them: git-config(1), `GIT_CONFIG_COUNT`. They win over every file. */
export function configVariables(pairs: readonly (readonly [string, string])[], from = 0): Record<string, string> {
  const numbered = pairs.flatMap(([key, value], index): [string, string][] => [
    [`GIT_CONFIG_KEY_${from + index}`, key],
    [`GIT_CONFIG_VALUE_${from + index}`, value],
  ]);
  return { ...Object.fromEntries(numbered), GIT_CONFIG_COUNT: String(from + pairs.length) };
}
