/**
 * Who may import whom. Each group may use the groups before it and, without cycles, its own members; never a later one.
 * A folder of `src/` that is not listed is an error: decide where it belongs when you make it.
 */
export const layers = [
  ['lib'],
  ['exec', 'db', 'go-template'],
  ['git', 'terraform', 'queue', 'job-logs', 'vcs'],
  ['config', 'repo-config', 'commands'],
  ['projects', 'access', 'repos', 'locks', 'plans', 'states'],
  ['runs'],
  ['comments', 'environments'],
  ['pulls'],
  ['http', 'vcs/<host>'],
  ['hosts'],
  ['server'],
  ['cli', 'main'],
] as const;

/** What the adapter of a host may use. It translates, and never starts work. */
export const hostAdapterImports = {
  every: ['vcs', 'lib'],
  /** Its repositories are on this disk, its pull requests in our database. */
  local: ['vcs', 'lib', 'git', 'db'],
} as const;
