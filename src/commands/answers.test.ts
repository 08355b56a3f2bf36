import { describe, expect, it } from 'vitest';
import { allCommands, answerTo, recorded } from '../../test/support/comment-language.ts';
import { grammars } from './grammar.ts';

type Recorded = { readonly comment: string; readonly executableName: string; readonly reply: string };

/** Where our answers differ on purpose: docs/migrating-from-atlantis.md says why. */
function asWeSayIt({ executableName, reply }: Recorded): string {
  return reply
    .replace('Already running commands are not interrupted.', 'Already running commands are stopped as well.')
    .replace('```cmake\natlantis\n', `\`\`\`cmake\n${executableName}\n`)
    .replace('# show atlantis help', `# show ${executableName} help`)
    .replace('help for atlantis', `help for ${executableName}`);
}

describe('answers', () => {
  it.each(recorded<Recorded>('replies'))('to "$comment" are those of Atlantis', (row) => {
    expect(answerTo(row.comment, { executableName: row.executableName })).toBe(asWeSayIt(row));
  });

  it('help with every command that is allowed', () => {
    expect(answerTo('atlantis help', { allowCommands: allCommands })).toContain(`
  version  Print the output of 'terraform version'
  import ADDRESS ID
           Runs 'terraform import' for the passed address resource.
           To import a specific project, use the -d, -w and -p flags.
  state rm ADDRESS...
           Runs 'terraform state rm' for the passed address resource.
           To remove a specific project resource, use the -d, -w and -p flags.
  help     View help.

Flags:`);
  });

  it('help with no command that is not', () => {
    expect(answerTo('polder', { executableName: 'polder', allowCommands: ['version'] })).toBe(`\`\`\`cmake
polder
Terraform Pull Request Automation

Usage:
  polder <command> [options] -- [terraform options]

Examples:
  # show polder help
  polder help

Commands:
  version  Print the output of 'terraform version'
  help     View help.

Flags:
  -h, --help   help for polder

Use "polder [command] --help" for more information about a command.
\`\`\``);
  });

  it.each([
    ['import', 'import ADDRESS ID'],
    ['state', 'state [rm ADDRESS...]'],
    ['version', 'version'],
    ['approve_policies', 'approve_policies'],
  ])('help for %s is headed by its usage', (command, usage) => {
    const start = `\`\`\`\nUsage of ${usage}:\n  `;
    const end = '\n\n```';
    const answer = answerTo(`atlantis ${command} --help`, { allowCommands: allCommands });
    expect([answer?.startsWith(start), answer?.endsWith(end)]).toEqual([true, true]);
  });

  it.each(['unlock', 'cancel'])('help for %s has an empty table', (command) => {
    expect(answerTo(`atlantis ${command} -h`)).toBe(`\`\`\`\nUsage of ${command}:\n\n\`\`\``);
  });

  it('to unlock with a flag tell of its only form', () => {
    expect(answerTo('tf unlock -d x', { executableName: 'tf' })).toBe(`\`Usage of unlock:\`

 \`\`\`cmake
tf unlock

  Unlocks the entire PR and discards all plans in this PR.
  Arguments or flags are not supported at the moment.
  If you need to unlock a specific project please use the atlantis UI.
\`\`\``);
  });

  it.each(['unlock', 'cancel'])('to %s with an argument have no table', (command) => {
    expect(answerTo(`atlantis ${command} foo`)).toBe(
      `\`\`\`\nError: unknown argument(s) – foo.\nUsage of ${command}:\n\`\`\``,
    );
  });

  it('list the allowed commands in their own order, once', () => {
    const allowCommands = ['state', 'plan', 'policy_check', 'version', 'plan'];
    expect(answerTo('Atlantis PALN x', { allowCommands, executableName: 'atlantis' })).toBe(
      '```\nError: unknown command "paln".\nRun \'atlantis --help\' for usage.\nAvailable commands(--allow-commands): version, plan, state\n```',
    );
  });

  it('to text of users cannot be broken out of', () => {
    const unknown = "Run 'atlantis --help' for usage.\nAvailable commands(--allow-commands): version";
    const answer = (comment: string) => answerTo(comment, { allowCommands: ['version'] });
    expect([answer('atlantis ```x'), answer('atlantis "<b>\x1b]0;x\x07@all"'), answer('`atla`ntis x')]).toEqual([
      `\`\`\`\`\nError: unknown command "\`\`\`x".\n${unknown}\n\`\`\`\``,
      `\`\`\`\nError: unknown command "<b>\\x1b]0;x\\a@all".\n${unknown}\n\`\`\``,
      'Did you mean to use `atlantis` instead of `` atla`ntis ``?',
    ]);
  });

  it('stay short whatever they repeat', () => {
    const long = 'x'.repeat(60_000);
    const answers = [long, `plan --${long}`, `plan ${long}`, `plan -w a/${long}`, `plan -${long}`].map((words) =>
      answerTo(`atlantis ${words}`),
    );
    expect(answers.map((answer) => answer && answer.length < 2000)).toEqual(answers.map(() => true));
  });

  it('document every command with the flags it takes', () => {
    expect(Object.fromEntries(grammars.map(({ name, flags }) => [name, flags.map((flag) => flag.name)]))).toEqual({
      plan: ['dir', 'project', 'verbose', 'workspace'],
      apply: ['auto-merge-disabled', 'auto-merge-method', 'dir', 'project', 'verbose', 'workspace'],
      cancel: [],
      unlock: [],
      approve_policies: ['clear-policy-approval', 'dir', 'policy-set', 'project', 'verbose', 'workspace'],
      version: ['dir', 'project', 'verbose', 'workspace'],
      import: ['dir', 'project', 'verbose', 'workspace'],
      state: ['dir', 'project', 'verbose', 'workspace'],
    });
  });
});
