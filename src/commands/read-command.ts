import { cleanDir } from '../repo-config/index.ts';
import { errorAnswer, unlockUsageAnswer, usageAnswer } from './answers.ts';
import { checkFlags } from './check-flags.ts';
import type { Grammar } from './grammar.ts';
import { parseFlags, withOneDash } from './parse-flags.ts';
import { quoted, shown } from './shown-text.ts';
import type { Automerge, CommentCommand, CommentLanguage, ParsedComment, Selection } from './types.ts';

/** The words after the name of a command as that command, or what to answer to them. */
export function readCommand(grammar: Grammar, words: readonly string[], language: CommentLanguage): ParsedComment {
  const parsed = parseFlags(words, grammar.flags);
  if (parsed.kind === 'help') return { kind: 'reply', text: usageAnswer(grammar) };
  if (parsed.kind === 'invalid') {
    const isUnlock = grammar.name === 'unlock';
    const text = isUnlock
      ? unlockUsageAnswer(language.executableName)
      : errorAnswer(parsed.message, grammar.name, grammar);
    return { kind: 'reply', text };
  }
  const { values, extraArgs } = parsed;
  const args = grammar.subcommand === null ? parsed.args : parsed.args.slice(1);
  const refused = (message: string | undefined, usage: string): ParsedComment | undefined =>
    message === undefined ? undefined : { kind: 'reply', text: errorAnswer(message, usage, grammar) };
  return (
    refused(subcommandProblem(grammar, parsed.args[0]), grammar.name) ??
    refused(countProblem(grammar, args), grammar.usage) ??
    refused(blockedProblem([...extraArgs, ...args], language.blockedExtraArgs), grammar.name) ??
    refused(checkFlags(values, language), grammar.name) ?? {
      kind: 'command',
      command: commandOf(grammar, { values, args, extraArgs }),
    }
  );
}

function subcommandProblem({ subcommand }: Grammar, written: string | undefined): string | undefined {
  if (subcommand === null || written === subcommand) return undefined;
  return written === undefined ? 'subcommand required' : `invalid subcommand ${shown(written)} (not ${subcommand})`;
}

function countProblem({ takes }: Grammar, args: readonly string[]): string | undefined {
  if (args.length >= takes.least && args.length <= takes.most) return undefined;
  return `unknown argument(s) – ${shown(args.join(' '))}`;
}

function blockedProblem(args: readonly string[], blocked: readonly string[]): string | undefined {
  const names = blocked.map((name) => withOneDash(name.trim())).filter((name) => name !== '');
  const found = args.find((arg) => {
    const written = withOneDash(arg);
    return names.some((name) => written === name || written.startsWith(`${name}=`));
  });
  return found === undefined ? undefined : `flag ${quoted(found)} is not allowed in extra args`;
}

type Words = {
  readonly values: ReadonlyMap<string, string>;
  readonly args: readonly string[];
  readonly extraArgs: readonly string[];
};

function commandOf({ name }: Grammar, { values, args, extraArgs }: Words): CommentCommand {
  const targeted = { selection: selectionOf(values), verbose: values.get('verbose') === 'true', extraArgs };
  switch (name) {
    case 'plan':
    case 'version':
      return { kind: name, ...targeted };
    case 'apply':
      return { kind: name, ...targeted, automerge: automergeOf(values) };
    case 'approve_policies': {
      const policySet = values.get('policy-set') || null;
      return { kind: name, ...targeted, policySet, clear: values.get('clear-policy-approval') === 'true' };
    }
    case 'import':
      return { kind: name, ...targeted, address: args[0] ?? '', id: args[1] ?? '' };
    case 'state':
      return { kind: 'state_rm', ...targeted, addresses: args };
    case 'unlock':
    case 'cancel':
      return { kind: name, extraArgs };
  }
}

/** An empty value counts as none. */
function selectionOf(values: ReadonlyMap<string, string>): Selection {
  const [name, directory, workspace] = ['project', 'dir', 'workspace'].map((flag) => values.get(flag) || undefined);
  if (name !== undefined) return { projects: [name], paths: [] };
  if (directory === undefined && workspace === undefined) return { projects: [], paths: [] };
  const path = {
    ...(directory !== undefined && { directory: cleanDir(directory) }),
    ...(workspace !== undefined && { workspace }),
  };
  return { projects: [], paths: [path] };
}

function automergeOf(values: ReadonlyMap<string, string>): Automerge {
  if (values.get('auto-merge-disabled') === 'true') return { kind: 'disabled' };
  const method = values.get('auto-merge-method');
  return method ? { kind: 'method', method } : { kind: 'as_configured' };
}
