/**
 * Text as a value of a URL's query, as https://pkg.go.dev/net/url#QueryEscape writes it: a blank is a plus sign, and
 * nothing but letters, digits, `-`, `_`, `.` and `~` stays. Links that Atlantis makes are compared by their text.
 */
export function escapeQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}
