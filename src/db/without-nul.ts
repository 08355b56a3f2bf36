/**
 * The parameters of a statement, with U+FFFD for U+0000 in texts. PostgreSQL cannot hold it
 * (https://www.postgresql.org/docs/current/datatype-character.html) and refuses the statement; what SQLite gives back ends
 * before it (https://www.sqlite.org/nulinstr.html), so that one login would be read as another. Whatever hosts and clients
 * put into a login, a title or a name, it is to be kept and shown.
 */
export function withoutNul(parameters: readonly unknown[]): readonly unknown[] {
  if (!parameters.some(hasNul)) return parameters;
  return parameters.map((value) => (hasNul(value) ? value.replaceAll('\0', '\uFFFD') : value));
}

function hasNul(value: unknown): value is string {
  return typeof value === 'string' && value.includes('\0');
}
