import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  branchRule,
  cleanDir,
  cleanVersion,
  dirRule,
  ignorePathRule,
  nameRule,
  type Rule,
  terraformVersionRule,
  workspaceRule,
} from './field-rules.ts';

const rules: Record<string, { rule: Rule; accepts: string[]; refuses: [value: string, reason: string][] }> = {
  dirRule: {
    rule: dirRule,
    accepts: ['.', '/', './a', 'a/b/', 'a b', 'é', 'env/*', '**', 'a/[b-d]?', '{a,b}/*', '{a', 'a,b'],
    refuses: [
      ['', 'cannot be blank'],
      ['  ', 'cannot be blank'],
      ['..', "cannot contain '..'"],
      ['a/../b', "cannot contain '..'"],
      ['a..b', "cannot contain '..'"],
      ['a\\b', "cannot contain '\\' or control characters"],
      ['a\0b', "cannot contain '\\' or control characters"],
      ['a\nb', "cannot contain '\\' or control characters"],
      ['a[', 'invalid glob pattern "a["'],
      ['*{', 'invalid glob pattern "*{"'],
    ],
  },
  nameRule: {
    rule: nameRule,
    accepts: ['a', 'a/b', 'A-b_c.d~e', '0'],
    refuses: [
      ['', 'if set cannot be empty'],
      ['a b', '"a b" is not allowed: must contain only URL safe characters'],
      ['a"b', '"a\\"b" is not allowed: must contain only URL safe characters'],
      ['é', '"é" is not allowed: must contain only URL safe characters'],
      ['a%20', '"a%20" is not allowed: must contain only URL safe characters'],
      [
        'a*',
        "cannot contain glob pattern characters ('*', '?', '['); glob expansion is only supported in the 'dir' field",
      ],
    ],
  },
  workspaceRule: {
    rule: workspaceRule,
    accepts: ['', 'default', 'a.b', 'a-b', 'a;b', '`a`', "a'b", '(a)', '*', 'é', 'x'.repeat(255)],
    refuses: [
      ['a/b', "cannot contain '/' or '\\'"],
      ['a\\b', "cannot contain '/' or '\\'"],
      ['../a', "cannot contain '/' or '\\'"],
      ['..', "cannot contain '..'"],
      ['a..b', "cannot contain '..'"],
      ['.', "cannot be '.'"],
      ['-a', "cannot start with '-'"],
      ['~a', "cannot start with '~'"],
      ['a$b', "cannot contain '$'"],
      ['a b', 'cannot contain whitespace or control characters'],
      [' ', 'cannot contain whitespace or control characters'],
      ['a\tb', 'cannot contain whitespace or control characters'],
      ['a\u00a0b', 'cannot contain whitespace or control characters'],
      ['a\u0007', 'cannot contain whitespace or control characters'],
      ['a\0', 'cannot contain whitespace or control characters'],
      ['x'.repeat(256), 'cannot be longer than 255 bytes'],
    ],
  },
  branchRule: {
    rule: branchRule,
    accepts: ['', '//', '/main/', '/^release\\/.*$/', '/(?i)MAIN/', '/a/b/'],
    refuses: [
      ['main', "regex must begin and end with a slash '/'"],
      ['/main', "regex must begin and end with a slash '/'"],
      ['main/', "regex must begin and end with a slash '/'"],
      ['/', "regex must begin and end with a slash '/'"],
      ['/(/', 'parsing: /(/: error parsing regexp: missing closing ): `(`'],
      ['/a(?=b)/', 'parsing: /a(?=b)/: error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
    ],
  },
  terraformVersionRule: {
    rule: terraformVersionRule,
    accepts: ['1.5.7', 'v1.5.7', '1.5', '1', '0.11.14', '1.6.0-rc1', '1.6.0-alpha20230816', '1.5.7+ent'],
    refuses: [
      ['', 'version "" could not be parsed: malformed version: '],
      ['latest', 'version "latest" could not be parsed: malformed version: latest'],
      ['~> 1.5', 'version "~> 1.5" could not be parsed: malformed version: ~> 1.5'],
      ['1.x', 'version "1.x" could not be parsed: malformed version: 1.x'],
      ['1.5.7/../x', 'version "1.5.7/../x" could not be parsed: malformed version: 1.5.7/../x'],
    ],
  },
  ignorePathRule: {
    rule: ignorePathRule,
    accepts: ['a', 'a/**', '{a,b}', '[a-c]'],
    refuses: [
      ['/a', "pattern must not begin with a slash '/'"],
      ['[', 'invalid pattern: ['],
    ],
  },
};

describe.each(Object.entries(rules))('%s', (_name, { rule, accepts, refuses }) => {
  it.each(accepts)('accepts %j', (value) => {
    expect(rule(value)).toBeUndefined();
  });
  it.each(refuses)('refuses %j', (value, reason) => {
    expect(rule(value)).toBe(reason);
  });
});

describe('cleanDir', () => {
  it.each([
    ['.', '.'],
    ['', '.'],
    ['/', '.'],
    ['//', '.'],
    ['./', '.'],
    ['./a', 'a'],
    ['a/', 'a'],
    ['a//b/./c/', 'a/b/c'],
    ['/a', 'a'],
    [' a', ' a'],
    ['./env/*/', 'env/*'],
  ])('writes %j as %j', (written, cleaned) => {
    expect(cleanDir(written)).toBe(cleaned);
  });

  it('leaves what is clean as it is', () => {
    const isClean = fc.property(fc.string(), (dir) => cleanDir(cleanDir(dir)) === cleanDir(dir));
    expect(() => fc.assert(isClean)).not.toThrow();
  });

  it('never leads out of the repo, for anything that the rule accepts', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', '/', 'a', '...', ' '), fc.string());
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join('/')),
        (dir) => {
          fc.pre(dirRule(dir) === undefined);
          const cleaned = cleanDir(dir);
          expect(cleaned.startsWith('/')).toBe(false);
          expect(cleaned.split('/')).not.toContain('..');
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('cleanVersion', () => {
  it.each([
    ['1.5.7', '1.5.7'],
    ['v1.5.7', '1.5.7'],
    ['1.5', '1.5.0'],
    ['1', '1.0.0'],
    ['1.10', '1.10.0'],
    ['1.6.0-rc1', '1.6.0-rc1'],
    ['1.6.0rc1', '1.6.0-rc1'],
    ['1.5.7+ent', '1.5.7'],
  ])('writes %j as %j', (written, cleaned) => {
    expect(cleanVersion(written)).toBe(cleaned);
  });
});
