import type { GitAccess } from '../vcs/index.ts';
import { configVariables, refuseLineBreaks } from './git-environment.ts';

/**
 * What to add to the environment of a program that starts git by itself, so that its git can log in at these sites, and
 * fetches over HTTP what is named by an SSH address there (https://git-scm.com/docs/gitcredentials,
 * https://git-scm.com/docs/git-config#Documentation/git-config.txt-urlbaseinsteadOf). `base` is the environment that the
 * program gets otherwise: its own settings of git stay, but no other credential helper is asked for these sites, as one
 * may have kept a token that has expired. Passwords are in variables alone: in no argument, no file and no URL.
 */
export function engineLoginEnvironment(
  base: Readonly<Record<string, string | undefined>>,
  accesses: readonly GitAccess[],
): Record<string, string> {
  const pairs = accesses.flatMap(({ url }, index): [string, string][] => [
    [`credential.${url}.helper`, ''],
    [`credential.${url}.helper`, helper(index)],
    ...sshAddresses(url).map((address): [string, string] => [`url.${url}/.insteadOf`, address]),
  ]);
  const passwords = accesses.flatMap(({ url, credentials }, index): [string, string][] => {
    refuseLineBreaks(url, credentials);
    return [
      [`POLDER_GIT_USERNAME_${index}`, credentials.username],
      [`POLDER_GIT_PASSWORD_${index}`, credentials.password],
    ];
  });
  const settingsBefore = Number(base.GIT_CONFIG_COUNT ?? 0);
  return { ...configVariables(pairs, settingsBefore), ...Object.fromEntries(passwords) };
}

function helper(index: number): string {
  const answer = `printf "username=%s\\npassword=%s\\n" "$POLDER_GIT_USERNAME_${index}" "$POLDER_GIT_PASSWORD_${index}"`;
  return `!f() { test "$1" = get && ${answer}; }; f`;
}

/** Both ways to write one; a port belongs to the site's HTTP server and not to its SSH server. */
function sshAddresses(url: string): readonly string[] {
  const { hostname } = new URL(url);
  return [`ssh://git@${hostname}/`, `git@${hostname}:`];
}
