import { readFileSync } from 'node:fs';
import { type CommentLanguage, type ParsedComment, parseComment } from '../../src/commands/index.ts';

/** The language of a server without options, on GitHub, with the given differences. */
export function commentLanguage(differences: Partial<CommentLanguage> = {}): CommentLanguage {
  return {
    executableName: 'atlantis',
    botLogin: 'Atlantis-Bot',
    allowCommands: ['version', 'plan', 'apply', 'unlock', 'approve_policies', 'cancel'],
    blockedExtraArgs: ['-chdir', '--chdir', '-plugin-dir', '--plugin-dir'],
    enableRegexpCmd: false,
    hostType: 'Github',
    mergeMethods: ['merge', 'rebase', 'squash'],
    ...differences,
  };
}

export const allCommands: readonly string[] = [
  'version',
  'plan',
  'apply',
  'unlock',
  'approve_policies',
  'cancel',
  'import',
  'state',
  'policy_check',
];

/** The answer to a comment; undefined when it is ignored or a command. */
export function answerTo(body: string, differences: Partial<CommentLanguage> = {}): string | undefined {
  const parsed: ParsedComment = parseComment(body, commentLanguage(differences));
  return parsed.kind === 'reply' ? parsed.text : undefined;
}

/** Rows that were recorded for the comment language. */
export function recorded<T>(name: 'words' | 'flags' | 'usages' | 'quotes' | 'replies'): readonly T[] {
  const file = new URL(`../fixtures/comment-language/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as T[];
}
