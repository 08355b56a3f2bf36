import fc from 'fast-check';

type Payload = Record<string, unknown>;

/** One of the payloads, in which some values were replaced by others, anywhere; by those that are given more often. */
export function damaged(payloads: readonly object[], values: readonly unknown[] = [undefined]): fc.Arbitrary<Payload> {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...values));
  const changes = fc.array(fc.tuple(fc.nat(), value), { maxLength: 3 });
  return fc.tuple(fc.constantFrom(...payloads), changes).map(([payload, replaced]) => {
    const copy = structuredClone(payload) as Payload;
    for (const [where, other] of replaced) damage(copy, where, other);
    return copy;
  });
}

function damage(target: Payload, where: number, value: unknown): void {
  const keys = Object.keys(target);
  const key = keys[where % keys.length];
  if (key === undefined) return;
  const inner = target[key];
  const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
  if (isObject && where % 4 > 0) damage(inner as Payload, Math.floor(where / keys.length), value);
  else target[key] = value;
}
