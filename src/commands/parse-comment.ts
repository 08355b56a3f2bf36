import { didYouMeanAnswer, helpAnswer, notParsedAnswer, unknownCommandAnswer } from './answers.ts';
import { grammars } from './grammar.ts';
import { isNearly } from './is-nearly.ts';
import { readCommand } from './read-command.ts';
import { splitWords } from './split-words.ts';
import type { CommentLanguage, ParsedComment } from './types.ts';

const defaultName = 'atlantis';
/** As long as a comment on GitHub may be. Longer arguments than this cannot be passed to a program anyway. */
const maxLength = 65_536;

/**
 * What a comment says to us, in the language of https://www.runatlantis.io/docs/using-atlantis: a command is one line
 * whose first word is our name, whatever its case. Pure, never throws, and takes time linear in the comment. Whoever
 * wrote it, and whether they may, is not looked at.
 */
export function parseComment(body: string, language: CommentLanguage): ParsedComment {
  const line = onlyLine(body);
  if (line === undefined) return { kind: 'ignored' };
  const first = /^\S+/.exec(line)?.[0] ?? '';
  const word = first.toLowerCase();
  if (executables(language).includes(word)) return parseLine(line.slice(first.length).trimStart(), language);
  return suggestName(word, language.executableName);
}

/** The comment's only line, without blanks and code marks around it; undefined when it has several. */
function onlyLine(body: string): string | undefined {
  const text = withoutBackticks(body.trim());
  // Markdown takes a lone carriage return for the end of a line: https://spec.commonmark.org/0.31.2/#line-ending
  return /[\r\n][^\r\n]/.test(text) ? undefined : text.trim();
}

/** Not with a regular expression: one for the end takes quadratic time where there are many elsewhere. */
function withoutBackticks(text: string): string {
  let start = 0;
  let end = text.length;
  while (text[start] === '`') start += 1;
  while (end > start && text[end - 1] === '`') end -= 1;
  return text.slice(start, end);
}

/** A GitHub App's login ends with `[bot]`, and people mention it without. */
function executables({ executableName, botLogin }: CommentLanguage): readonly string[] {
  const alias = executableName === defaultName ? ['polder'] : [];
  const logins = botLogin ? [botLogin, botLogin.replace(/\[bot\]$/, '')] : [];
  return ['run', executableName, ...alias, ...logins.map((login) => `@${login}`)].map((name) => name.toLowerCase());
}

function suggestName(word: string, executableName: string): ParsedComment {
  const isMeant = word === 'terraform' || (executableName === defaultName && isNearly(word, defaultName));
  return isMeant ? { kind: 'reply', text: didYouMeanAnswer(executableName, word) } : { kind: 'ignored' };
}

function parseLine(line: string, language: CommentLanguage): ParsedComment {
  const { executableName, allowCommands } = language;
  if (line.length > maxLength) return notParsed(`longer than ${maxLength} characters`);
  // No program can be given one.
  if (line.includes('\0')) return notParsed('contains a NUL character');
  const split = splitWords(line.replace(/\p{Surrogate}/gu, '\ufffd'));
  if (split.kind === 'invalid') return notParsed(split.reason);
  const [first, ...rest] = split.words;
  const command = first?.toLowerCase();
  if (command === undefined || ['help', '-h', '--help'].includes(command)) {
    return { kind: 'reply', text: helpAnswer(executableName, allowCommands) };
  }
  const grammar = grammars.find(({ name }) => name === command && allowCommands.includes(name));
  if (grammar) return readCommand(grammar, rest, language);
  return { kind: 'reply', text: unknownCommandAnswer(command, executableName, allowCommands) };
}

function notParsed(reason: string): ParsedComment {
  return { kind: 'reply', text: notParsedAnswer(reason) };
}
