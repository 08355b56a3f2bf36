import { posix } from 'node:path';
import { RE2JS, RE2JSException } from 're2js';
import { branchRule, quoted, type Rule } from '../field-rules.ts';

/*
 * What single values of the server's rules may be, in Atlantis's words where it has some
 * (https://www.runatlantis.io/docs/server-side-repo-config).
 */

/**
 * For `id`: `<host>/<full name>`, or an expression between slashes. An exact id without a host, or with a pattern in it,
 * would match nothing, and so protect nothing. `hosts` are the names that need no dot in them.
 */
export function repoIdRule(hosts: readonly string[]): Rule {
  return (id) => {
    if (id.trim() === '') return 'cannot be blank';
    if (id.startsWith('/')) return branchRule(id);
    const [host = '', ...path] = id.split('/');
    const isHost = host.includes('.') || hosts.includes(host);
    if (isHost && path.length >= 2 && !path.includes('') && !isNoName.test(id)) return undefined;
    return `${quoted(id)} matches no repository: expected <host>/<owner>/<name>, such as github.com/acme/infra, or a regular expression between slashes`;
  };
}

/** What no host has in the name of a repository, and people write all the same. */
const isNoName = /[*?[\]{}\s]|\.git$/;

/** For `repo_config_file`. */
export const repoConfigFileRule: Rule = (path) => {
  if (path === '') return undefined;
  if (path.startsWith('/')) return "must not starts with a slash '/'";
  if (path.split(/[/\\]/).includes('..')) return "must not contains parent directory path like '../'";
  if (/[\\\p{Cc}]/u.test(path)) return "cannot contain '\\' or control characters";
  if (path.endsWith('/') || posix.normalize(path) === '.') return 'must be the path of a file';
  return undefined;
};

export const policySourceRule: Rule = (source) => {
  if (source === 'local') return undefined;
  if (source !== 'github') return "only 'local' and 'github' source types are supported";
  return "policies are not fetched from GitHub, in Atlantis neither: put them on the server and use 'local'";
};

export const policyItemRegexRule: Rule = (expression) => {
  const reason = expressionProblem(expression);
  return reason && `policy_item_regex ${quoted(expression)} is not a valid regular expression: ${reason}`;
};

export const planStoreRule: Rule = (type) =>
  type === 's3' ? undefined : `unsupported plan store type ${quoted(type)}: only 's3' is supported`;

function expressionProblem(expression: string): string | undefined {
  try {
    RE2JS.compile(expression);
    return undefined;
  } catch (error) {
    if (error instanceof RE2JSException) return error.message;
    throw error;
  }
}
