import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allCommands, answerTo, commentLanguage } from '../../test/support/comment-language.ts';
import { scaled } from '../../test/support/scale.ts';
import { describeCommand } from './describe-command.ts';
import { parseComment } from './parse-comment.ts';
import type { CommentCommand, CommentLanguage } from './types.ts';

function kindOf(body: string, differences: Partial<CommentLanguage> = {}): string {
  const parsed = parseComment(body, commentLanguage(differences));
  return parsed.kind === 'command' ? parsed.command.kind : parsed.kind;
}

describe('parseComment', () => {
  it.each([
    'atlantis plan',
    'Atlantis plan',
    'ATLANTIS PLAN',
    '  atlantis   plan  ',
    '\tatlantis\tplan\r\n\r\n',
    'atlantis plan\n\n   \n',
    '`atlantis plan`',
    '```atlantis plan```',
    ' ` atlantis plan ` ',
    'run plan',
    'polder plan',
    'Polder plan',
    '@atlantis-bot plan',
    '@Atlantis-Bot plan',
    'atlantis\u00a0plan',
    'atlantis "plan"',
    'atlantis plan # and nothing else',
  ])('runs %j', (body) => {
    expect(kindOf(body)).toBe('plan');
  });

  it.each([
    '',
    ' \n ',
    '```',
    'please atlantis plan',
    '> atlantis plan',
    '- atlantis plan',
    '```\natlantis plan\n```',
    'atlantis plan\natlantis apply',
    'atlantis plan\n\nthanks',
    'atlantis plan\rthanks',
    'hello\natlantis plan',
    '@somebody plan',
    '@ plan',
    '/plan',
    'tf plan',
    '<!-- atlantis plan -->',
  ])('ignores %j', (body) => {
    expect(parseComment(body, commentLanguage())).toEqual({ kind: 'ignored' });
  });

  it('knows another name in place of ours', () => {
    const kinds = ['TF plan', 'tf plan', 'run plan', 'atlantis plan', 'polder plan', 'atlantsi plan'].map((body) =>
      kindOf(body, { executableName: 'Tf' }),
    );
    expect(kinds).toEqual(['plan', 'plan', 'plan', 'ignored', 'ignored', 'ignored']);
  });

  it('knows a GitHub App with and without what its login ends with', () => {
    const kinds = ['@my-app plan', '@my-app[bot] plan', '@my plan'].map((body) =>
      kindOf(body, { botLogin: 'My-App[bot]' }),
    );
    expect(kinds).toEqual(['plan', 'plan', 'ignored']);
  });

  it.each([null, ''])('knows no mention where the bot has no account (%j)', (botLogin) => {
    expect([kindOf('@ plan', { botLogin }), kindOf('@null plan', { botLogin })]).toEqual(['ignored', 'ignored']);
  });

  it.each([
    ['terraform plan', 'terraform'],
    ['Terraform', 'terraform'],
    ['atlantsi plan', 'atlantsi'],
    ['Atlantic', 'atlantic'],
    ['@atlantis plan', '@atlantis'],
    ['atlantis: plan', 'atlantis:'],
  ])('asks whether %j was meant for us', (body, word) => {
    expect(answerTo(body)).toBe(`Did you mean to use \`atlantis\` instead of \`${word}\`?`);
  });

  it('does not ask where the word is one of our names', () => {
    expect([
      kindOf('terraform plan', { executableName: 'terraform' }),
      kindOf('@atlantis plan', { botLogin: 'atlantis' }),
    ]).toEqual(['plan', 'plan']);
    expect(answerTo('terraform plan', { executableName: 'tf' })).toBe(
      'Did you mean to use `tf` instead of `terraform`?',
    );
  });

  it.each([
    'atlantis',
    'atlantis help',
    'atlantis HELP plan',
    'atlantis -h',
    'atlantis --help x "',
    'atlantis # x',
    '@atlantis-bot',
  ])('answers %j with help or with what is wrong', (body) => {
    const expected = body.includes('"')
      ? '```\nError parsing command: EOF found when expecting closing quote\n```'
      : answerTo('atlantis help');
    expect(answerTo(body)).toBe(expected);
    expect(expected).toBeDefined();
  });

  it.each([
    [`atlantis plan 'x`, 'EOF found when expecting closing quote'],
    ["Atlantis commands can't be run", 'EOF found when expecting closing quote'],
    ['atlantis plan \\', 'EOF found after escape character'],
    ['atlantis plan -- a\0b', 'contains a NUL character'],
    [`atlantis plan -- ${'x'.repeat(70_000)}`, 'longer than 65536 characters'],
  ])('answers a line without words', (body, reason) => {
    expect(answerTo(body)).toBe(`\`\`\`\nError parsing command: ${reason}\n\`\`\``);
  });

  it('runs nothing that is not allowed', () => {
    const kinds = ['plan', 'apply', 'import a b', 'state rm a', 'policy_check', 'help', 'constructor'].map((words) =>
      kindOf(`atlantis ${words}`, { allowCommands: ['apply', 'policy_check', 'constructor'] }),
    );
    expect(kinds).toEqual(['reply', 'apply', 'reply', 'reply', 'reply', 'reply', 'reply']);
  });

  it.each([
    ['blanks', ' '.repeat(1_000_000)],
    ['blanks around a word', `x${' '.repeat(1_000_000)}x`],
    ['line breaks', `x${'\n'.repeat(1_000_000)}x`],
    ['back-ticks', `x${'`'.repeat(1_000_000)}x`],
    ['one word', 'atlantis'.repeat(100_000)],
    ['quotes', `atlantis plan ${`"' `.repeat(20_000)}`],
    ['backslashes', `atlantis plan ${'\\'.repeat(65_000)}`],
    ['arguments', `atlantis plan -- ${'a '.repeat(30_000)}`],
    ['addresses', `atlantis state rm ${'a '.repeat(30_000)}`],
    ['flags', `atlantis plan ${'-d x '.repeat(13_000)}`],
    ['back-ticks in the answer', `atlantis plan ${'` '.repeat(30_000)}x`],
    ['dots and slashes', `atlantis plan -d a${'/..'.repeat(20_000)}`],
    ['stars', `atlantis plan -d ${'*a'.repeat(30_000)}`],
    ['parentheses', `atlantis plan -p ${'('.repeat(65_000)}`],
    ['lines', 'atlantis plan\n'.repeat(100_000)],
    ['surrogates', `atlantis plan ${'\ud800'.repeat(60_000)}`],
  ])('is quick with very many %s', (_, body) => {
    const start = performance.now();
    parseComment(body, commentLanguage({ allowCommands: allCommands, enableRegexpCmd: true }));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

const language = commentLanguage({ allowCommands: allCommands, enableRegexpCmd: true });

/** Pieces from which a comment is likely to be a command, or nearly one. */
const words = `atlantis Polder run @atlantis-bot terraform atlantsi ${allCommands.join(' ')} plan apply rm help
  -d -w -p --dir= --verbose --auto-merge-method --policy-set -h -- - --- --nope -chdir=x -var-file=/etc/passwd
  ' " \\ \` \`\`\` # = / .. * [ ( $(id) ; <script> @all 😀`;
const others = [' ', ' ', ' ', ' ', '\t', '\n', '\r', '\u00a0', '\u2028', '\x1b[31m', '\0', '\ud800'];
const piece = fc.constantFrom(...words.split(/\s+/), ...others);
const comment = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.array(piece, { maxLength: 8 }).map((pieces) => `atlantis ${pieces.join(' ')}`),
  fc
    .tuple(fc.constantFrom('', 'atlantis ', 'atlantis plan -- '), fc.string({ unit: 'binary', maxLength: 60 }))
    .map(([start, rest]) => start + rest),
);

/** Everything that a command says, word for word; of a folder each part of its path. */
function wordsOf(command: CommentCommand): readonly string[] {
  const { kind, extraArgs } = command;
  const name = kind === 'state_rm' ? ['state', 'rm'] : [kind];
  if (command.kind === 'unlock' || command.kind === 'cancel') return [...name, ...extraArgs];
  const { projects, paths } = command.selection;
  const folders = paths.flatMap(({ directory = '' }) => directory.split('/').filter((part) => part !== '.'));
  const workspaces = paths.map(({ workspace = '' }) => workspace);
  return [...name, ...extraArgs, ...projects, ...folders, ...workspaces, ...ownWords(command)];
}

function ownWords(command: CommentCommand): readonly string[] {
  switch (command.kind) {
    case 'apply':
      return command.automerge.kind === 'method' ? [command.automerge.method] : [];
    case 'approve_policies':
      return [command.policySet ?? ''];
    case 'import':
      return [command.address, command.id];
    case 'state_rm':
      return command.addresses;
    default:
      return [];
  }
}

/** What is left when quotes are resolved, whichever way. */
function unquoted(text: string): string {
  return text.replace(/['"\\]/g, '').replace(/\p{Surrogate}/gu, '\ufffd');
}

describe('parseComment, whatever it is given', () => {
  it('runs nothing that is not there, and answers with nothing that runs', () => {
    const seen = { command: 0, reply: 0, ignored: 0 };
    fc.assert(
      fc.property(comment, (body) => {
        const parsed = parseComment(body, language);
        seen[parsed.kind] += 1;
        if (parsed.kind === 'reply') {
          expect(parseComment(parsed.text, language)).toEqual({ kind: 'ignored' });
          expect(parsed.text).not.toMatch(/[^\P{C}\n]/u);
        }
        if (parsed.kind !== 'command') return;
        const line = body.replace(/^[\s`]+|[\s`]+$/g, '');
        expect(line).toMatch(/^(atlantis|polder|run|@atlantis-bot)\s[^\r\n]+$/i);
        const text = unquoted(body);
        const [name, ...words] = wordsOf(parsed.command);
        expect(text.toLowerCase()).toContain(name);
        expect(words.filter((word) => !text.includes(unquoted(word)))).toEqual([]);
      }),
      { numRuns: scaled(100_000) },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(scaled(100_000) / 100);
  });

  it('reads back the comment that describes a command', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: piece }));
    const sayable = text.filter((said) => !/[\0\r\n\p{Surrogate}]/u.test(said));
    const project = fc.record({
      name: fc.constantFrom('', 'net', 'a.b-c'),
      dir: fc.constantFrom('.', 'a/b', 'my dir', 'a"b', "it's", '`x`', '-x', '#1', '$(id)'),
      workspace: fc.constantFrom('default', 'staging', 'a"b', '#1', '`'),
    });
    fc.assert(
      fc.property(project, fc.array(sayable, { maxLength: 4 }), (named, extraArgs) => {
        const described = describeCommand('atlantis', { kind: 'plan', extraArgs }, named);
        const parsed = parseComment(described, { ...language, blockedExtraArgs: [] });
        const { name, dir, workspace } = named;
        const path = {
          ...(workspace === 'default' || dir !== '.' ? { directory: dir } : {}),
          ...(workspace === 'default' ? {} : { workspace }),
        };
        const selection = name === '' ? { projects: [], paths: [path] } : { projects: [name], paths: [] };
        expect(parsed).toEqual({ kind: 'command', command: { kind: 'plan', selection, verbose: false, extraArgs } });
      }),
      { numRuns: scaled(20_000) },
    );
  });
});
