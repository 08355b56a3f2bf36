import { describe, expect, it } from 'vitest';
import { readForm } from './form-parameters.ts';

/** Trees have no prototype; compare what they hold. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

describe('readForm', () => {
  it.each<[string, unknown]>([
    ['', {}],
    ['a=1&b=', { a: '1', b: '' }],
    ['a', { a: '' }],
    ['a=1&a=2', { a: '2' }],
    ['a=b=c', { a: 'b=c' }],
    ['a+b=%2B+%C3%BC', { 'a b': '+ ü' }],
    ['a[]=1&a[]=2', { a: ['1', '2'] }],
    ['a%5B%5D=1', { a: ['1'] }],
    ['a[b]=1&a[c]=2', { a: { b: '1', c: '2' } }],
    ['a[][x]=1&a[][y]=2&a[][x]=3', { a: [{ x: '1', y: '2' }, { x: '3' }] }],
    ['a[0][x]=1&a[0][y]=2&a[1][x]=3', { a: [{ x: '1', y: '2' }, { x: '3' }] }],
    ['a[b=1', { 'a[b': '1' }],
    ['&&=1&', { '': '1' }],
  ])('reads %j', (text, expected) => {
    expect(plain(readForm(text))).toEqual(expected);
  });

  it('keeps names that objects have already', () => {
    expect(Object.entries(readForm('__proto__=1&constructor[x]=2') ?? {})).toEqual([
      ['__proto__', '1'],
      ['constructor', { x: '2' }],
    ]);
  });

  it.each(['a=%', 'a=%zz', 'a=%ff', '%ff=1', 'a=1&a[b]=2', 'a[]=1&a=2', 'a[b]=1&a[]=2', `a${'[b]'.repeat(99_999)}=1`])(
    'refuses %.20s',
    (text) => {
      expect(readForm(text)).toBeUndefined();
    },
  );
});
