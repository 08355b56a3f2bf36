export type Unescaped = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string };

/**
 * Takes one layer of URL escapes away, as Go's net/url does; `plus` says what a plus sign stands for, which differs
 * between queries and paths.
 */
export function unescapeUrl(text: string, plus: ' ' | '+'): Unescaped {
  const broken = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text);
  if (broken) return { ok: false, error: `invalid URL escape ${JSON.stringify(broken[0])}` };
  const bytes = text
    .replaceAll('+', plus)
    .split(/(%[0-9a-fA-F]{2})/)
    .map((part) => (part.startsWith('%') ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part)));
  return { ok: true, text: Buffer.concat(bytes).toString('utf8') };
}
