/** A time of the API as `2026-01-02 03:04` in UTC. */
export function shortTime(time: string | null | undefined, none: string): string {
  return time?.replace(/T(\d\d:\d\d).*/, ' $1') ?? none;
}
