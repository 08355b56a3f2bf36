import { type CommitFile, type GitDeps, listTree, readFile, readLinks } from '../git/index.ts';
import { parseRepoConfig, type RepoConfig } from '../repo-config/index.ts';
import { type TreeView, treeOf } from './tree.ts';

export type LoadedConfig =
  /** Null: the commit has no such file. */
  | { readonly kind: 'loaded'; readonly config: RepoConfig | null }
  /** `atlantisMessage` is what users of Atlantis know, for comments. */
  | { readonly kind: 'invalid'; readonly message: string; readonly atlantisMessage: string };

/** A thousand projects take about 100 kB; the limit is there for files that are not configuration. */
const maxBytes = 10 * 1024 * 1024;

/** Reads the configuration of a repo, such as its `atlantis.yaml`, from a commit that the mirror has. */
export async function loadConfig(
  deps: GitDeps,
  commit: { readonly repoId: number; readonly sha: string },
  file: string,
): Promise<LoadedConfig> {
  return understand(await readFile(deps, commit, { path: file, maxBytes }), file);
}

function understand(read: CommitFile, file: string): LoadedConfig {
  switch (read.kind) {
    case 'missing':
      return { kind: 'loaded', config: null };
    case 'not_a_file':
      return invalid(`reading ${file}: expected a file, found a link or a folder`);
    case 'too_large':
      return invalid(`reading ${file}: the file has ${read.size} bytes, more than the ${maxBytes} that are read`);
    case 'file': {
      const parsed = parseRepoConfig({ text: read.text, file });
      return parsed.kind === 'invalid' ? parsed : { kind: 'loaded', config: parsed.config };
    }
  }
}

function invalid(message: string): LoadedConfig {
  return { kind: 'invalid', message, atlantisMessage: message };
}

/** The files of a commit that the mirror has. */
export async function loadTree(
  deps: GitDeps,
  commit: { readonly repoId: number; readonly sha: string },
): Promise<TreeView> {
  const entries = await listTree(deps, commit);
  const links = entries.filter((entry) => entry.kind === 'symlink');
  return treeOf(
    entries.map((entry) => entry.path),
    await readLinks(deps, commit.repoId, links),
  );
}
