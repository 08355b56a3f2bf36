/** Remembers for a while which lists were too long to count, since finding that out again costs as much as counting. */
export type OverLimit = {
  has(list: string): boolean;
  add(list: string): void;
};

const rememberedMs = 10_000;
const mostRemembered = 1000;

/**
 * A list that has become short meanwhile passes for long until it is forgotten: then its total is left out, which is
 * allowed, and nothing else is wrong.
 */
export function rememberOverLimit(now: () => number): OverLimit {
  const until = new Map<string, number>();
  return {
    has: (list) => (until.get(list) ?? 0) > now(),
    add: (list) => {
      until.delete(list);
      until.set(list, now() + rememberedMs);
      const [oldest] = until.keys();
      if (until.size > mostRemembered && oldest !== undefined) until.delete(oldest);
    },
  };
}
