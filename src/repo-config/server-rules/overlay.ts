/** Says something about some of the keys. */
type Layer<T> = { readonly [K in keyof T]?: T[K] | null };

/** The base with what the layers say instead, key by key; the last layer that is not silent wins. */
export function overlay<T extends object>(base: T, ...layers: readonly Layer<T>[]): T {
  const result = { ...base };
  for (const layer of layers) {
    for (const key of Object.keys(base) as (keyof T)[]) {
      const said = layer[key];
      if (said !== null && said !== undefined) result[key] = said;
    }
  }
  return result;
}
