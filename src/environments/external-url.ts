/** Schemes that run something when somebody clicks. */
const dangerous = new Set(['javascript', 'data', 'vbscript']);
/** The parts of any URI, as RFC 3986 (appendix B) takes it apart. */
const uriParts = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?[^#]*)?(?:#.*)?$/su;
const authorityParts = /^(?:.*@)?(.*?)(?::([^:@[\]]*))?$/su;
const withHost = new Set(['http', 'https', 'ftp', 'sftp', 'ssh', 'ws', 'wss']);

/**
 * What is wrong with the URL of an environment, in GitLab's words; undefined when nothing is. It may hold variables, and
 * needs no scheme. https://docs.gitlab.com/ci/yaml/#environmenturl
 */
export function externalUrlProblem(url: string): string | undefined {
  const [, scheme, authority, path = ''] = uriParts.exec(url) ?? [];
  const name = scheme?.toLowerCase();
  if (name !== undefined && dangerous.has(name)) return `${name} scheme is not allowed`;
  return isUri({ name, authority, path }) ? undefined : 'URI is invalid';
}

function isUri(parts: { name: string | undefined; authority: string | undefined; path: string }): boolean {
  const { name, authority, path } = parts;
  if (name !== undefined && !/^[a-z][a-z0-9.+-]*$/.test(name)) return false;
  if (authority === undefined) return path !== '' || name === undefined || !withHost.has(name);
  const [, host = '', port = ''] = authorityParts.exec(authority) ?? [];
  if (/[<>{}/\\?#@"\s]/u.test(host) || !/^\d{0,5}$/.test(port)) return false;
  return host !== '' || path !== '' || name === undefined || !withHost.has(name);
}
