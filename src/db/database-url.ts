/** What a database's URL says. */
export type DatabaseUrl = {
  /** As it may be shown to people. */
  readonly shown: string;
  /** The file, or `:memory:`; null: it is a PostgreSQL. */
  readonly sqlitePath: string | null;
};

export function databaseOf(url: string): DatabaseUrl {
  if (/^postgres(ql)?:\/\//.test(url)) return { shown: withoutPassword(url), sqlitePath: null };
  return { shown: url, sqlitePath: url.replace(/^sqlite:(\/\/(?=\/))?/, '') };
}

/** The URL as it may be shown to people. Signs in the password that should have been escaped (`@`, `/`) belong to it. */
export function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/[^:@/]*):.*@/, '$1:***@').replace(/([?&]password=)[^&]*/i, '$1***');
}
