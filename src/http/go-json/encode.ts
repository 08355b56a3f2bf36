const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/**
 * JSON as Go's encoder writes it (https://pkg.go.dev/encoding/json#Encoder): safe inside HTML, one newline at the end.
 */
export function encodeGoJson(value: unknown): string {
  return `${JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => escapes[character] ?? character)}\n`;
}

/**
 * RFC 3339 in the server's time zone, with only as many decimals as are needed.
 * @param time milliseconds since the epoch
 */
export function goTime(time: number): string {
  const offset = -new Date(time).getTimezoneOffset();
  const local = new Date(time + offset * 60_000).toISOString();
  const fraction = local.slice(19, 23).replace(/\.?0+$/, '');
  return local.slice(0, 19) + fraction + zone(offset);
}

function zone(offset: number): string {
  if (offset === 0) return 'Z';
  const minutes = Math.abs(offset);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
