import { nearest } from '../config/index.ts';
import type { CliCommand, CliContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';

export type Entry = {
  readonly summary: string;
  /** Loaded when it is called, so that the others start fast. */
  readonly load: () => Promise<CliCommand>;
};

/** A word that chooses among commands: `polder` itself, or `polder token`. */
export type CommandGroup = {
  /** As it is typed. */
  readonly name: string;
  readonly description: string;
  /** In the order of help. */
  readonly entries: Readonly<Record<string, Entry>>;
};

/** Runs the command that the first word names, and gives the code to end with. */
export async function dispatch(context: CliContext, group: CommandGroup): Promise<number> {
  const [word, ...words] = context.words;
  if (word === '--help' || word === '-h' || (word === 'help' && words.length === 0)) {
    context.write(groupHelp(group));
    return exitCodes.ok;
  }
  const [name, rest] = word === 'help' ? [words[0], ['--help']] : [word, words];
  const entry = name !== undefined && Object.hasOwn(group.entries, name) ? group.entries[name] : undefined;
  if (!entry) {
    context.complain(noSuchCommand(group, name));
    return exitCodes.usage;
  }
  const command = await entry.load();
  return command({ ...context, words: rest });
}

function noSuchCommand(group: CommandGroup, name: string | undefined): string {
  const list = `\`${group.name} --help\` lists the commands`;
  if (name === undefined) return `a command is missing: ${list}`;
  if (name.startsWith('-')) return `a command comes before the flags: ${list}`;
  const suggestion = nearest(name, Object.keys(group.entries));
  return `unknown command ${JSON.stringify(name)}: ${suggestion === undefined ? list : `did you mean ${suggestion}?`}`;
}

function groupHelp({ name, description, entries }: CommandGroup): string {
  const width = Math.max(...Object.keys(entries).map((command) => command.length));
  const lines = Object.entries(entries).map(([command, { summary }]) => `  ${command.padEnd(width)}  ${summary}\n`);
  const commands = `Commands:\n${lines.join('')}`;
  return `${description}\n\nUsage: ${name} <command> [flags]\n\n${commands}\n\`${name} <command> --help\` tells more.\n`;
}
