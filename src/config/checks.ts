import { domainToASCII } from 'node:url';
import { patternError } from './pattern-error.ts';

/*
 * Checks of single options that need more than a sentence. Each gives undefined or the message. The wording is that of
 * Atlantis where it has one, so that searching for it finds the same advice.
 */

/** Commands an operator can name in `--allow-commands`. */
export const allowableCommands = [
  'version',
  'plan',
  'apply',
  'unlock',
  'approve_policies',
  'cancel',
  'import',
  'state',
  'policy_check',
] as const;

export function checkRepoAllowlist(rules: string): string | undefined {
  return rules.includes('://') ? '--repo-allowlist cannot contain ://, should be hostnames only' : undefined;
}

export function checkAllowCommands(commands: readonly string[]): string | undefined {
  const known: readonly string[] = [...allowableCommands, 'all'];
  const unknown = commands.find((command) => !known.includes(command));
  return unknown === undefined ? undefined : `invalid --allow-commands: unknown command name: ${unknown}`;
}

export function checkAutoplanFileList(patterns: readonly string[]): string | undefined {
  for (const pattern of patterns) {
    const reason = patternError(pattern);
    if (reason) return `invalid pattern in --autoplan-file-list, ${patterns.join(',')}: ${reason}`;
  }
  return undefined;
}

export function checkWebhookHeaders(json: string): string | undefined {
  const wanted = 'must be a JSON object whose values are strings or lists of strings';
  const isText = (value: unknown) => typeof value === 'string';
  try {
    const headers: unknown = JSON.parse(json || '{}');
    const isObject = typeof headers === 'object' && headers !== null && !Array.isArray(headers);
    const fits =
      isObject &&
      Object.values(headers).every((value) => isText(value) || (Array.isArray(value) && value.every(isText)));
    return fits ? undefined : `invalid --webhook-http-headers: ${wanted}`;
  } catch {
    return `invalid --webhook-http-headers: ${wanted}`;
  }
}

export function checkAtlantisUrl(value: string): string | undefined {
  const shown = JSON.stringify(withoutUserInfo(value));
  if (!isHttpUrl(value)) return `parsing --atlantis-url flag ${shown}: http or https must be specified`;
  const { username, password } = new URL(value);
  if (username === '' && password === '') return undefined;
  return `parsing --atlantis-url flag ${shown}: it is in every comment, and must not hold a user name or a password`;
}

/** For a flag that holds the base URL of a host or of downloads. */
export function checkBaseUrl(flag: string): (value: string) => string | undefined {
  return (value) =>
    isHttpUrl(value)
      ? undefined
      : `--${flag} must have http:// or https://, got ${JSON.stringify(withoutUserInfo(value))}`;
}

/** For a flag that holds the address of a host: whatever signs us in has a flag of its own. */
export function checkSiteUrl(flag: string, tokenFlag: string): (value: string) => string | undefined {
  const isUrl = checkBaseUrl(flag);
  return (value) => isUrl(value) ?? checkHostname(flag, tokenFlag)(value);
}

/** For a flag that holds the host name of a host: it is shown in logs and pages, and whatever signs us in has a flag of its own. */
export function checkHostname(flag: string, tokenFlag: string): (value: string) => string | undefined {
  return (value) =>
    value.includes('@') ? `--${flag} must not hold a user name or a password; set --${tokenFlag} instead` : undefined;
}

export function checkDatabaseUrl(url: string): string | undefined {
  if (/^(sqlite:.|postgres(ql)?:\/\/.)/.test(url)) return undefined;
  return '--database-url: expected sqlite:<path> or postgres://<user>:<password>@<host>/<database>';
}

export function checkVersion(version: string): string | undefined {
  if (/^v?\d+(\.\d+){0,2}(-[0-9A-Za-z.-]+)?$/.test(version)) return undefined;
  return `--default-tf-version: ${JSON.stringify(version)} is not a version such as 1.9.5`;
}

export function checkHost(host: string): string | undefined {
  return /[\s/]|:\/\//.test(host)
    ? '--host: expected an address or a host name to listen on, such as 127.0.0.1'
    : undefined;
}

/** Engines look for its token in a variable with its name, in which no port can stand. */
export function checkTfeHostname(name: string): string | undefined {
  if (domainToASCII(name) !== '') return undefined;
  return `--tfe-hostname: expected a host name alone, such as app.terraform.io, got ${JSON.stringify(withoutUserInfo(name))}`;
}

export function checkExecutableName(name: string): string | undefined {
  return /\s/.test(name) ? '--executable-name: the first word of a comment cannot contain blanks' : undefined;
}

function isHttpUrl(value: string): boolean {
  return /^https?:\/\/[^/]/i.test(value) && URL.canParse(value);
}

function withoutUserInfo(value: string): string {
  return value.replace(/\/\/[^/]*@/, '//***@');
}
