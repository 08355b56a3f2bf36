/** Text as both database engines keep it: PostgreSQL has no NUL, and neither has halves of surrogate pairs. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd').replace(/\p{Surrogate}/gu, '\ufffd');
}
