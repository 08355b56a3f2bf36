import { describe, expect, it } from 'vitest';
import { isNearly } from './is-nearly.ts';

describe('isNearly', () => {
  it.each(['atlanti', 'atlantiss', 'atlantus', 'atlnatis', 'tlanti', 'xatlantisx', 'atlentus', '@atlantis'])(
    'takes %s for a slip',
    (word) => {
      expect(isNearly(word, 'atlantis')).toBe(true);
    },
  );
  it.each(['atlantis', 'atlas', 'tlnts', 'atl', '', 'xxatlantisx', 'polder', 'terraform', 'sitnalta'])(
    'does not take %j for one',
    (word) => {
      expect(isNearly(word, 'atlantis')).toBe(false);
    },
  );
});
