/** Compares two texts as Go does: by the bytes of UTF-8, in no language's order. */
export function inByteOrder(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
