import type { EnvironmentTier } from './types.ts';

/** In order; the first hit wins. https://docs.gitlab.com/ci/environments/#deployment-tier-of-environments */
const patterns: readonly (readonly [RegExp, EnvironmentTier])[] = [
  [/dev|review|trunk/i, 'development'],
  [/test|tst|int|ac(?:ce)?pt|qa|qc|control|quality/i, 'testing'],
  [/sta?g|mode?l|pre|demo|non/i, 'staging'],
  [/pro?d|live/i, 'production'],
];

/** The tier that a name suggests; `other` when it suggests none. */
export function guessTier(name: string): EnvironmentTier {
  return patterns.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
}
