import { describe, expect, it } from 'vitest';
import { allCommands, answerTo, commentLanguage } from '../../test/support/comment-language.ts';
import { parseComment } from './parse-comment.ts';
import type { CommentLanguage } from './types.ts';

function read(body: string, differences: Partial<CommentLanguage> = {}) {
  return parseComment(body, commentLanguage({ allowCommands: allCommands, ...differences }));
}

const all = { projects: [], paths: [] };
const plain = { selection: all, verbose: false, extraArgs: [] };
const apply = { kind: 'apply', ...plain, automerge: { kind: 'as_configured' } };
const approve = { kind: 'approve_policies', ...plain, policySet: null, clear: false };
const at = (path: object) => ({ projects: [], paths: [path] });

describe('readCommand', () => {
  it.each([
    ['plan', { kind: 'plan', ...plain }],
    ['apply', apply],
    ['approve_policies', approve],
    ['version', { kind: 'version', ...plain }],
    ['unlock', { kind: 'unlock', extraArgs: [] }],
    ['cancel', { kind: 'cancel', extraArgs: [] }],
    ['import a.b[0] id-1', { kind: 'import', ...plain, address: 'a.b[0]', id: 'id-1' }],
    ['state rm a.b', { kind: 'state_rm', ...plain, addresses: ['a.b'] }],
    [`state rm 'a.b["x"]' c.d`, { kind: 'state_rm', ...plain, addresses: ['a.b["x"]', 'c.d'] }],
    ['apply --auto-merge-disabled', { ...apply, automerge: { kind: 'disabled' } }],
    ['apply --auto-merge-disabled=false', apply],
    ['apply --auto-merge-method squash', { ...apply, automerge: { kind: 'method', method: 'squash' } }],
    ['apply --auto-merge-method=', apply],
    ['approve_policies --policy-set a --clear-policy-approval', { ...approve, policySet: 'a', clear: true }],
    ['version --verbose', { kind: 'version', ...plain, verbose: true }],
    ['version --verbose=false', { kind: 'version', ...plain }],
  ])('reads %j', (words, command) => {
    expect(read(`atlantis ${words}`)).toEqual({ kind: 'command', command });
  });

  it.each([
    ['-d x', at({ directory: 'x' })],
    ['-dx', at({ directory: 'x' })],
    ['-d=x', at({ directory: 'x' })],
    ['--dir x', at({ directory: 'x' })],
    ['--dir=x', at({ directory: 'x' })],
    ['-d /x', at({ directory: 'x' })],
    ['-d ./x', at({ directory: 'x' })],
    ['-d x/', at({ directory: 'x' })],
    ['-d /', at({ directory: '.' })],
    ['-d .', at({ directory: '.' })],
    ['-d a/../b', at({ directory: 'b' })],
    [`-d 'my dir'`, at({ directory: 'my dir' })],
    [`-d '$(id)'`, at({ directory: '$(id)' })],
    ['-d ./a/**', at({ directory: 'a/**' })],
    ['-d /a?[bc]/*', at({ directory: 'a?[bc]/*' })],
    ['-d -w', at({ directory: '-w' })],
    ['-d x -d y', at({ directory: 'y' })],
    ['-w staging', at({ workspace: 'staging' })],
    ['-w staging -d x', at({ directory: 'x', workspace: 'staging' })],
    ['-w a;b|c', at({ workspace: 'a;b|c' })],
    ['-p net', { projects: ['net'], paths: [] }],
    ['-p ^(a|b).*', { projects: ['^(a|b).*'], paths: [] }],
    [`-d '' -w ""`, all],
    [`-d '' -p net`, { projects: ['net'], paths: [] }],
  ])('takes %s for a selection', (flags, selection) => {
    expect(read(`atlantis plan ${flags}`)).toEqual({ kind: 'command', command: { kind: 'plan', ...plain, selection } });
  });

  it.each([
    ['-- -target=a', ['-target=a']],
    ['-- -var x=$(id)', ['-var', 'x=$(id)']],
    ['-- ; id', [';', 'id']],
    ["-- '`id`'", ['`id`']],
    [`-- -var 'v=two words' "-var=x=\\"y\\""`, ['-var', 'v=two words', '-var=x="y"']],
    [String.raw`-- a\ b 'c\d' "e\\f" ''`, ['a b', String.raw`c\d`, String.raw`e\f`, '']],
    ['-- -h --help -d x', ['-h', '--help', '-d', 'x']],
    ['-- -- x', ['--', 'x']],
    ['-- -a # -b', ['-a']],
    ['--', []],
    [`-- -var "t=${'\t'}"`, ['-var', 't=\t']],
  ])('hands on %s as arguments', (words, extraArgs) => {
    expect(read(`atlantis plan ${words}`)).toEqual({ kind: 'command', command: { kind: 'plan', ...plain, extraArgs } });
  });

  it('reads flags between arguments', () => {
    const command = { kind: 'import', ...plain, selection: at({ directory: 'x' }), address: 'a', id: 'b' };
    expect(read('atlantis import a -d x b -- -lock=false')).toEqual({
      kind: 'command',
      command: { ...command, extraArgs: ['-lock=false'] },
    });
  });

  const errors: [words: string, usage: string, message: string][] = [
    ['plan --abc', 'plan', 'unknown flag: --abc'],
    ['PLAN --abc', 'plan', 'unknown flag: --abc'],
    ['plan -e', 'plan', "unknown shorthand flag: 'e' in -e"],
    ['plan --auto-merge-disabled', 'plan', 'unknown flag: --auto-merge-disabled'],
    ['plan -d', 'plan', "flag needs an argument: 'd' in -d"],
    ['plan --dir', 'plan', 'flag needs an argument: --dir'],
    [
      'version --verbose=x',
      'version',
      'invalid argument "x" for "--verbose" flag: strconv.ParseBool: parsing "x": invalid syntax',
    ],
    ['cancel --abc', 'cancel', 'unknown flag: --abc'],
    ['plan a "b c"', 'plan', 'unknown argument(s) – a b c'],
    ['import', 'import ADDRESS ID', 'unknown argument(s) – '],
    ['import one', 'import ADDRESS ID', 'unknown argument(s) – one'],
    ['import a b c', 'import ADDRESS ID', 'unknown argument(s) – a b c'],
    ['import --x', 'import', 'unknown flag: --x'],
    ['state', 'state', 'subcommand required'],
    ['state -- rm a', 'state', 'subcommand required'],
    ['state rm', 'state [rm ADDRESS...]', 'unknown argument(s) – '],
    ['state mv a b', 'state', 'invalid subcommand mv (not rm)'],
    ['state RM a', 'state', 'invalid subcommand RM (not rm)'],
    ['plan -- -chdir=x', 'plan', 'flag "-chdir=x" is not allowed in extra args'],
    ['plan -- -x --chdir y', 'plan', 'flag "--chdir" is not allowed in extra args'],
    ['plan -- -plugin-dir=', 'plan', 'flag "-plugin-dir=" is not allowed in extra args'],
    ['plan -d ../..', 'plan', 'using a relative path "../.." with -d/--dir is not allowed'],
    ['plan -d a/../../b', 'plan', 'using a relative path "a/../../b" with -d/--dir is not allowed'],
    ['plan -d ../*', 'plan', `using '..' in glob pattern "../*" with -d/--dir is not allowed`],
    ['plan -d [a', 'plan', 'invalid glob pattern "[a" with -d/--dir'],
    [`plan -d 'a\\b'`, 'plan', `invalid directory "a\\\\b" with -d/--dir: cannot contain '\\' or control characters`],
    ['plan -d "a\x1b"', 'plan', `invalid directory "a\\x1b" with -d/--dir: cannot contain '\\' or control characters`],
    ['plan -w a/b', 'plan', `invalid workspace "a/b": cannot contain '/' or '\\'`],
    ['plan -w a..b', 'plan', `invalid workspace "a..b": cannot contain '..'`],
    ['plan -w .', 'plan', `invalid workspace ".": cannot be '.'`],
    ['plan -w -x', 'plan', `invalid workspace "-x": cannot start with '-'`],
    ['plan -w ~x', 'plan', `invalid workspace "~x": cannot start with '~'`],
    ['plan -w $x', 'plan', `invalid workspace "$x": cannot contain '$'`],
    ['plan -w "a b"', 'plan', 'invalid workspace "a b": cannot contain whitespace or control characters'],
    ['plan -p "a\x07"', 'plan', 'invalid project "a\\a": cannot contain control characters'],
    [
      'approve_policies --policy-set "\x07"',
      'approve_policies',
      'invalid policy set "\\a": cannot contain control characters',
    ],
    ['plan -p x -d .', 'plan', 'cannot use -p/--project at same time as -d/--dir or -w/--workspace'],
    ['plan -p x -w y', 'plan', 'cannot use -p/--project at same time as -d/--dir or -w/--workspace'],
    [
      'apply --auto-merge-method merge --auto-merge-disabled',
      'apply',
      'cannot use --auto-merge-method at the same time as --auto-merge-disabled',
    ],
    [
      'apply --auto-merge-method nope',
      'apply',
      'invalid --auto-merge-method "nope": must be one of merge, rebase, squash',
    ],
  ];
  it.each(errors)('refuses %j', (words, usage, message) => {
    const answer = answerTo(`atlantis ${words}`, { allowCommands: allCommands });
    expect(answer?.split('\n').slice(0, 3)).toEqual(['```', `Error: ${message}.`, `Usage of ${usage}:`]);
    expect(answer?.endsWith('\n```')).toBe(true);
  });

  it.each([
    ['plan --abc -d ../x extra', 'unknown flag: --abc'],
    ['state mv -d ../x', 'invalid subcommand mv (not rm)'],
    ['plan extra -d ../x -- -chdir=x', 'unknown argument(s) – extra'],
    ['plan -d ../x -w a/b -- -chdir=x', 'flag "-chdir=x" is not allowed in extra args'],
    ['plan -w a/b -d ../x -p y', 'using a relative path "../x" with -d/--dir is not allowed'],
    ['plan -w a/b -p y', `invalid workspace "a/b": cannot contain '/' or '\\'`],
    ['apply --auto-merge-method nope -p x -d y', 'cannot use -p/--project at same time as -d/--dir or -w/--workspace'],
    ['plan --nope -h', 'unknown flag: --nope'],
  ])('answers %j with the first of its problems', (words, message) => {
    expect(answerTo(`atlantis ${words}`, { allowCommands: allCommands })).toContain(`\nError: ${message}.\n`);
  });

  it('refuses a merge method where the host has none', () => {
    const answer = answerTo('atlantis apply --auto-merge-method merge', { hostType: 'Gitlab', mergeMethods: [] });
    expect(answer).toContain(
      '\nError: --auto-merge-method is not currently implemented for Gitlab.\nUsage of apply:\n',
    );
  });

  it('refuses an expression that is none where projects may be named by expressions', () => {
    expect(read('atlantis plan -p (').kind).toBe('command');
    expect(answerTo('atlantis plan -p (', { enableRegexpCmd: true })).toContain(
      '\nError: invalid project "(": error parsing regexp: missing closing ): `(`.\n',
    );
  });

  it('refuses what the server blocks in place of the default, with one dash or two', () => {
    const blocked = (words: string) => read(`atlantis ${words}`, { blockedExtraArgs: ['-target', ' ', ' --x=y'] });
    const kinds = ['-target a', '--target=a', '-x=y', '-x=z', '-targets', '-chdir=x', '', "''", '=a'].map(
      (words) => blocked(`plan -- ${words}`).kind,
    );
    expect(kinds).toEqual(['reply', 'reply', 'reply', ...Array(6).fill('command')]);
  });
});
