import { describe, expect, it } from 'vitest';
import { escapeQuery } from './escape-query.ts';

describe('escapeQuery', () => {
  it.each([
    ['acme/infra/a b/default/', 'acme%2Finfra%2Fa+b%2Fdefault%2F'],
    ["(it's)*!", '%28it%27s%29%2A%21'],
    ['a+b%20~c_d-e.f', 'a%2Bb%2520~c_d-e.f'],
    ['ä', '%C3%A4'],
  ])('writes %s as Go does', (text, escaped) => {
    expect(escapeQuery(text)).toBe(escaped);
    expect(new URLSearchParams(`x=${escaped}`).get('x')).toBe(text);
  });
});
