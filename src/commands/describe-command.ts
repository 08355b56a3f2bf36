import type { Command } from './types.ts';

/** What a comment needs to name a project. */
type NamedProject = { readonly name: string; readonly dir: string; readonly workspace: string };

/**
 * The comment that gives this command for this project again, such as `atlantis plan -d prod -w eu -- -var a=b`
 * (https://www.runatlantis.io/docs/using-atlantis). Names the project in the shortest way that means no other.
 */
export function describeCommand(executableName: string, command: Command, project: NamedProject): string {
  const words = writtenCommand(command).map(word).join(' ');
  const extra = command.extraArgs.length === 0 ? '' : ` -- ${command.extraArgs.map(word).join(' ')}`;
  return `${executableName} ${words}${target(project)}${extra}`;
}

function writtenCommand(command: Command): readonly string[] {
  switch (command.kind) {
    case 'import':
      return ['import', command.address, command.id];
    case 'state_rm':
      return ['state', 'rm', ...command.addresses];
    case 'plan':
    case 'apply':
    case 'version':
      return [command.kind];
  }
}

function target({ name, dir, workspace }: NamedProject): string {
  if (name !== '') return ` -p ${word(name)}`;
  if (workspace === 'default') return ` -d ${word(dir)}`;
  return dir === '.' ? ` -w ${word(workspace)}` : ` -d ${word(dir)} -w ${word(workspace)}`;
}

/** One word of a comment, in quotes where its reader would otherwise see several, or none. */
function word(text: string): string {
  return text === '' || /[\s"'\\#`]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text;
}
