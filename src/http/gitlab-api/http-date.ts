/** The moment in a header such as `If-Unmodified-Since`, in ms since the epoch; null without one that can be read. */
export function httpDate(header: string | undefined): number | null {
  const time = Date.parse(header ?? '');
  return Number.isNaN(time) ? null : time;
}
