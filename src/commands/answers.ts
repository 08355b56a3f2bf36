import { flagTable } from './flag-table.ts';
import { type Grammar, grammars, listedCommands } from './grammar.ts';
import { codeSpan, fenced, quoted, shown } from './shown-text.ts';

/*
 * What a comment is answered with when nothing is to be run for it. People search for these texts and programs look for
 * them: they are Atlantis's to the byte, but for what docs/migrating-from-atlantis.md lists.
 */

/** The help of all allowed commands. */
export function helpAnswer(executableName: string, allowCommands: readonly string[]): string {
  const allowed = grammars.filter(({ name }) => allowCommands.includes(name));
  const examples = allowed.flatMap((grammar) => grammar.examples);
  const lines = [
    executableName,
    'Terraform Pull Request Automation',
    '',
    'Usage:',
    `  ${executableName} <command> [options] -- [terraform options]`,
    '',
    'Examples:',
    `  # show ${executableName} help`,
    `  ${executableName} help`,
    ...examples.flatMap(({ title, words }) => ['', `  # ${title}`, `  ${executableName} ${words}`]),
    '',
    'Commands:',
    ...allowed.flatMap(({ help }) => help),
    '  help     View help.',
    '',
    'Flags:',
    `  -h, --help   help for ${executableName}`,
    '',
    `Use "${executableName} [command] --help" for more information about a command.`,
  ];
  return fenced(lines.join('\n'), 'cmake');
}

/** The help of one command. */
export function usageAnswer({ usage, flags }: Grammar): string {
  return fenced(`Usage of ${usage}:\n${flagTable(flags)}\n`);
}

/** What is wrong with the words of a command, and how it is used. `usage` is the name to head the table with. */
export function errorAnswer(message: string, usage: string, { flags }: Grammar): string {
  return fenced(`Error: ${message}.\nUsage of ${usage}:\n${flagTable(flags)}`);
}

/** For `unlock` with a flag. */
export function unlockUsageAnswer(executableName: string): string {
  const text = `${executableName} unlock

  Unlocks the entire PR and discards all plans in this PR.
  Arguments or flags are not supported at the moment.
  If you need to unlock a specific project please use the atlantis UI.`;
  return `\`Usage of unlock:\`\n\n ${fenced(text, 'cmake')}`;
}

/** For a command that does not exist or is not allowed. */
export function unknownCommandAnswer(
  command: string,
  executableName: string,
  allowCommands: readonly string[],
): string {
  const listed = listedCommands.filter((name) => allowCommands.includes(name)).join(', ');
  return fenced(
    `Error: unknown command ${quoted(command)}.\nRun '${executableName} --help' for usage.\nAvailable commands(--allow-commands): ${listed}`,
  );
}

/** For a line that has no words. */
export function notParsedAnswer(reason: string): string {
  return fenced(`Error parsing command: ${reason}`);
}

/** For a word that is nearly our name. */
export function didYouMeanAnswer(executableName: string, word: string): string {
  return `Did you mean to use ${codeSpan(executableName)} instead of ${codeSpan(shown(word))}?`;
}
