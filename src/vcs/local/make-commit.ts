import { type Source, sourceGit } from './source-git.ts';

/** What became of a wish to merge. */
export type BuiltMerge =
  /** The commit that the base branch is to become. */
  | { readonly kind: 'commit'; readonly sha: string }
  /** The base branch has it all. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly message: string };

export function refused(message: string): Extract<BuiltMerge, { kind: 'refused' }> {
  return { kind: 'refused', message };
}

export function conflicting(paths: readonly string[]): Extract<BuiltMerge, { kind: 'refused' }> {
  return refused(`there are conflicts in ${fewOf(paths)}`);
}

/** The first ten, and how many more. */
export function fewOf(names: readonly string[]): string {
  const few = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${few} and ${names.length - 10} more` : few;
}

export type NewCommit = {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  /** Author and committer, as git-commit-tree(1) takes them. */
  readonly env: Readonly<Record<string, string>>;
};

export async function commitTree(source: Source, { tree, parents, message, env }: NewCommit): Promise<string> {
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
  const input = message.endsWith('\n') ? message : `${message}\n`;
  const { stdout } = await sourceGit(source, 'making a commit', { args, env, input });
  return stdout.trim();
}

export async function treeOf(source: Source, commit: string): Promise<string> {
  const args = ['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`];
  const { stdout } = await sourceGit(source, 'reading a commit', { args });
  return stdout.trim();
}
