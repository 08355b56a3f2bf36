type Rule = { readonly pattern: RegExp; readonly why: string };

/** What a child never gets of the server's environment. Everything else is passed on. */
const stripped: readonly Rule[] = [
  {
    pattern: /^(ATLANTIS|POLDER)_/,
    why: 'options of the server: tokens, webhook secrets, the API secret, the database URL',
  },
  { pattern: /^DATABASE_URL$/, why: "by custom the server's own database, password included" },
  {
    pattern: /^PG(PASSWORD|PASSFILE|SERVICEFILE)$/,
    why: "read by our PostgreSQL driver: the server's own password. A `pg` backend has PG_CONN_STR, which stays",
  },
  {
    pattern: /^NODE_(OPTIONS|CHANNEL_FD|CHANNEL_SERIALIZATION_MODE|UNIQUE_ID)$/,
    why: 'meant for this Node process alone',
  },
  { pattern: /^(npm_|INIT_CWD$)/i, why: 'set by `npm run`; may hold registry tokens' },
];

/**
 * The environment for a child process: that of the server without the server's own secrets, then `extra`. Credentials
 * of providers (`AWS_*` …), PATH, HOME, proxies and certificate settings stay. `extra` wins and is not filtered; a
 * value of undefined removes a variable.
 */
export function childEnvironment(
  base: Readonly<Record<string, string | undefined>>,
  extra: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const kept = Object.entries(base).filter(([name]) => !stripped.some((rule) => rule.pattern.test(name)));
  const merged = { ...Object.fromEntries(kept), ...extra };
  return Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
