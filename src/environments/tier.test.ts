import { describe, expect, it } from 'vitest';
import { guessTier } from './tier.ts';
import type { EnvironmentTier } from './types.ts';

const expected: Record<EnvironmentTier, string> = {
  development: 'review/product DEV development/main trunk',
  testing:
    'testing-prd production-test acceptance-testing qa-env-2 integration control int print acpt accept qc quality TST',
  staging: 'gstg stage MODL model demo Pre-production nonprod non-live preprod',
  production: 'gprd production/www.gitlab.com PRD Live store-produce unproductive terraform/prod/default delivery',
  other: 'deploy canary EXP default default/aws/network',
};

describe('guessTier', () => {
  it.each(Object.entries(expected).flatMap(([tier, names]) => names.split(' ').map((name) => [name, tier])))(
    'guesses from %s that it is %s',
    (name, tier) => {
      expect(guessTier(name as string)).toBe(tier);
    },
  );
});
