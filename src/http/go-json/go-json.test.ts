import { describe, expect, it } from 'vitest';
import { decodeGoJson, encodeGoJson, goInt, goList, goQuote, goString, goStruct, goTime } from './index.ts';

const path = goStruct({ package: 'controllers', type: 'Path' }, { directory: goString, workspace: goString });
const request = goStruct(
  { package: 'controllers', type: 'APIRequest' },
  { Ref: goString, PR: goInt, Projects: goList(goString), Paths: goList(path), base_branch: goString },
);
const zero = { Ref: '', PR: 0, Projects: [], Paths: [], base_branch: '' };
const decode = (body: string | Buffer) => decodeGoJson(Buffer.from(body), request);

describe('decodeGoJson', () => {
  it.each([
    ['null', {}],
    ['{"PR":-0}', { PR: 0 }],
    ['{"PR":-5}', { PR: -5 }],
    ['{"PR":null}', {}],
    ['{"ref":"a"}', { Ref: 'a' }],
    ['{"ref":"a","REF":"b"}', { Ref: 'b' }],
    ['{"Ref":"a","Ref":null}', { Ref: 'a' }],
    ['{"Project\u017f":["k"]}', { Projects: ['k'] }],
    ['{"Path\u017f":[{"wor\u212aspace":"w"}]}', { Paths: [{ directory: '', workspace: 'w' }] }],
    ['{"Pro\u017fjects":["k"]}', {}],
    ['{"Projects":["a","b"],"projects":["c"]}', { Projects: ['c'] }],
    ['{"Projects":["a"],"projects":null}', { Projects: [] }],
    ['{"Projects":[null,"a"]}', { Projects: ['', 'a'] }],
    [
      '{"Paths":[{"directory":"a","DIRECTORY":"b"},null]}',
      {
        Paths: [
          { directory: 'b', workspace: '' },
          { directory: '', workspace: '' },
        ],
      },
    ],
    ['{"BaseBranch":"x","base_branch":"y","Nope":{"a":[1,{}]}}', { base_branch: 'y' }],
    ['{"__proto__":{"Ref":"a"},"constructor":1}', {}],
    ['{"Ref":"\\u00e9\\n\\ud83d\\ude00\\ud800"}', { Ref: '\u00e9\n\u{1f600}\ufffd' }],
    [' {"Ref" : "\u00e9" } \r\n\t', { Ref: '\u00e9' }],
  ])('reads %s', (body, expected) => {
    expect(decode(body)).toEqual({ ok: true, value: { ...zero, ...expected } });
  });

  // What Go 1.26 says to the same input.
  it.each([
    ['', 'unexpected end of JSON input'],
    [' ', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a"', 'unexpected end of JSON input'],
    ['{"PR":"x"', 'unexpected end of JSON input'],
    ['"abc', 'unexpected end of JSON input'],
    ['[]', 'json: cannot unmarshal array into Go value of type controllers.APIRequest'],
    ['"x"', 'json: cannot unmarshal string into Go value of type controllers.APIRequest'],
    ['1 ', 'json: cannot unmarshal number into Go value of type controllers.APIRequest'],
    ['true', 'json: cannot unmarshal bool into Go value of type controllers.APIRequest'],
    ['{"PR":"1"}', 'json: cannot unmarshal string into Go struct field APIRequest.PR of type int'],
    ['{"PR":true}', 'json: cannot unmarshal bool into Go struct field APIRequest.PR of type int'],
    ['{"PR":{"a":[1,2]}}', 'json: cannot unmarshal object into Go struct field APIRequest.PR of type int'],
    ['{"PR":1.5}', 'json: cannot unmarshal number 1.5 into Go struct field APIRequest.PR of type int'],
    ['{"PR":2.0}', 'json: cannot unmarshal number 2.0 into Go struct field APIRequest.PR of type int'],
    ['{"PR":1E2}', 'json: cannot unmarshal number 1E2 into Go struct field APIRequest.PR of type int'],
    [
      '{"PR":99999999999999999999}',
      'json: cannot unmarshal number 99999999999999999999 into Go struct field APIRequest.PR of type int',
    ],
    ['{"Ref":1}', 'json: cannot unmarshal number into Go struct field APIRequest.Ref of type string'],
    ['{"Ref":[1]}', 'json: cannot unmarshal array into Go struct field APIRequest.Ref of type string'],
    ['{"Projects":"a"}', 'json: cannot unmarshal string into Go struct field APIRequest.Projects of type []string'],
    ['{"Projects":[1]}', 'json: cannot unmarshal number into Go struct field APIRequest.Projects of type string'],
    ['{"Paths":1}', 'json: cannot unmarshal number into Go struct field APIRequest.Paths of type []controllers.Path'],
    ['{"Paths":["x"]}', 'json: cannot unmarshal string into Go struct field APIRequest.Paths of type controllers.Path'],
    [
      '{"Paths":[{"Directory":1}]}',
      'json: cannot unmarshal number into Go struct field Path.Paths.directory of type string',
    ],
    ['{"PR":"x","Ref":2}', 'json: cannot unmarshal string into Go struct field APIRequest.PR of type int'],
    ['{"Ref":"a"} x', "invalid character 'x' after top-level value"],
    ['{"Ref":"a"}{}', "invalid character '{' after top-level value"],
    ['{"Ref" 1}', "invalid character '1' after object key"],
    ['{Ref:1}', "invalid character 'R' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a":}', "invalid character '}' looking for beginning of value"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
    ['nul', "invalid character ' ' in literal null (expecting 'l')"],
    ['truex', "invalid character 'x' after top-level value"],
    ['01', "invalid character '1' after top-level value"],
    ['-', "invalid character ' ' in numeric literal"],
    ['1.a', "invalid character 'a' after decimal point in numeric literal"],
    ['1e+', "invalid character ' ' in exponent of numeric literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\', "invalid character ' ' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\x01"', "invalid character '\\x01' in string literal"],
    ["'a'", "invalid character '\\'' looking for beginning of value"],
    ['\\', "invalid character '\\\\' looking for beginning of value"],
    ['\u00e9', "invalid character '\u00c3' looking for beginning of value"],
    ['\x7f', "invalid character '\\x7f' looking for beginning of value"],
    ['['.repeat(10_001), "invalid character '[' exceeded max depth"],
  ])('says of %s what Go says', (body, error) => {
    expect(decode(body)).toEqual({ ok: false, error });
  });

  it('takes bytes that are not UTF-8 as replacement characters', () => {
    const body = Buffer.concat([Buffer.from('{"Ref":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    expect(decode(body)).toEqual({ ok: true, value: { ...zero, Ref: '\ufffd' } });
  });

  it('reads as deep as Go does', () => {
    const deep = '['.repeat(9_999) + ']'.repeat(9_999);
    expect(decode(`{"x":${deep}}`).ok).toBe(true);
  });
});

describe('goQuote', () => {
  it.each([
    ['{}', '"{}"'],
    ['a"b\\c\nd\te\r\x07\b\v\f', '"a\\"b\\\\c\\nd\\te\\r\\a\\b\\v\\f"'],
    ['\x00\x7f\x1b', '"\\x00\\x7f\\x1b"'],
    ['\u00e9\u4e16\u{1f600}\u0301\ufffd', '"\u00e9\u4e16\u{1f600}\u0301\ufffd"'],
    ['\u00a0\u200b\u2028\ufeff\ue000\u{e0001}', '"\\u00a0\\u200b\\u2028\\ufeff\\ue000\\U000e0001"'],
    [Buffer.from([0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82]), '"a\\xff\\xc3(\\xe2\\x82"'],
  ])('quotes %j', (content, quoted) => {
    expect(goQuote(content)).toBe(quoted);
  });
});

describe('encodeGoJson', () => {
  it('writes what HTML could misread as escapes', () => {
    expect(encodeGoJson({ a: '<b>&\u2028\u2029"/' })).toBe('{"a":"\\u003cb\\u003e\\u0026\\u2028\\u2029\\"/"}\n');
  });
});

describe('goTime', () => {
  it.each([
    [Date.UTC(2025, 1, 13, 16, 47, 42, 40), 'T..:..:42.04'],
    [Date.UTC(2025, 1, 13, 16, 47, 42, 120), 'T..:..:42.12'],
    [Date.UTC(2025, 1, 13, 16, 47, 42), 'T..:..:42'],
  ])('writes %d with the decimals it needs', (time, end) => {
    expect(goTime(time)).toMatch(new RegExp(`${end}(Z|[+-]\\d\\d:\\d\\d)$`));
    expect(Date.parse(goTime(time))).toBe(time);
  });
});
