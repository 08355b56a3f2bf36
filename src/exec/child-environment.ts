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
  { pattern: /^([Nn][Pp][Mm]_|[Ii][Nn][Ii][Tt]_[Cc][Ww][Dd]$)/, why: 'set by `npm run`; may hold registry tokens' },
];

const isStripped = new RegExp(stripped.map((rule) => rule.pattern.source).join('|'));

/**
 * The environment for a child process: that of the server without the server's own secrets, then `extra`. Credentials
 * of providers (`AWS_*` …), PATH, HOME, proxies and certificate settings stay. `extra` wins and is not filtered; a
 * value of undefined removes a variable.
 */
export function childEnvironment(
  base: Readonly<Record<string, string | undefined>>,
  extra: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  // Without a prototype: a variable may have any name, `__proto__` included.
  const child = Object.create(null) as Record<string, string>;
  const add = (name: string, value: string | undefined) => {
    if (value === undefined) delete child[name];
    else child[name] = value;
  };
  for (const [name, value] of Object.entries(base)) if (!isStripped.test(name)) add(name, value);
  for (const [name, value] of Object.entries(extra)) add(name, value);
  return child;
}
