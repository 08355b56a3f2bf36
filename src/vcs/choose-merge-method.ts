import { type MergeMethod, type MergeResult, mergeMethods } from './pull-host.ts';

export type MergeMethodChoice =
  | { readonly kind: 'chosen'; readonly method: MergeMethod }
  | Extract<MergeResult, { kind: 'refused' }>;

/**
 * How to merge: as somebody wants, or in the first way that the repo allows. Hosts do not tell everybody what is allowed
 * (undefined): then the merge itself says it.
 */
export function chooseMergeMethod(
  wanted: MergeMethod | null,
  allowed: Readonly<Record<MergeMethod, boolean | undefined>>,
): MergeMethodChoice {
  const method = wanted ?? mergeMethods.find((name) => allowed[name] ?? true) ?? 'merge';
  if (allowed[method] !== false) return { kind: 'chosen', method };
  const message = `merge method '${method}' is not allowed by the repository Pull Request settings`;
  return { kind: 'refused', message };
}
