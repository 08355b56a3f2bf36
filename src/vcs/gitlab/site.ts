import { PolderError } from '../../lib/errors.ts';

/** Where a GitLab is, as `--gitlab-hostname` says it: a host name that may have a scheme, a port and a path. */
export type GitlabSite = {
  /** Such as `https://gitlab.example.com:8443`. */
  readonly origin: string;
  /** With the port, where it has one. */
  readonly hostname: string;
  /** Of an installation below another site, such as `/gitlab`; empty otherwise. */
  readonly path: string;
};

/** Throws `option_invalid` for what is no host name and no URL of a site. */
export function siteOf(option: string): GitlabSite {
  const text = option.includes('://') ? option : `https://${option}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSite = url && /^https?:$/.test(url.protocol) && `${url.username}${url.search}${url.hash}` === '';
  if (!isSite) {
    throw new PolderError(
      'option_invalid',
      `reading --gitlab-hostname: expected a host name or the URL of a GitLab, got ${JSON.stringify(option)}`,
    );
  }
  return { origin: url.origin, hostname: url.host, path: url.pathname.replace(/\/+$/, '') };
}

/** Whether a page is the one of that repo on this site. Scheme and port may differ, as behind a proxy. */
export function isPageOf(site: GitlabSite, fullName: string, page: string): boolean {
  if (!URL.canParse(page)) return false;
  const { hostname, pathname } = new URL(page);
  const expected = new URL(site.origin).hostname;
  return hostname === expected && pathname.toLowerCase() === `${site.path}/${fullName}`.toLowerCase();
}
