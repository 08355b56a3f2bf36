import { type CommitFile, type GitDeps, listTree, readFile, readLinks, type TreeEntry } from '../git/index.ts';
import { parseRepoConfig, type RepoConfig } from '../repo-config/index.ts';
import { followLinks, type TreeView, treeOf } from './tree.ts';

export type LoadedConfig =
  /** Null: the commit has no such file. */
  | { readonly kind: 'loaded'; readonly config: RepoConfig | null }
  /** `atlantisMessage` is what users of Atlantis know, for comments. */
  | { readonly kind: 'invalid'; readonly message: string; readonly atlantisMessage: string };

/** A thousand projects take about 100 kB; the limit is there for files that are not configuration. */
const maxBytes = 10 * 1024 * 1024;

type Commit = { readonly repoId: number; readonly sha: string };

/**
 * Reads the configuration of a repo, such as its `atlantis.yaml`, from a commit that the mirror has. It may be a link to
 * another file of the commit, or lie behind one.
 */
export async function loadConfig(deps: GitDeps, commit: Commit, file: string): Promise<LoadedConfig> {
  const read = await readFile(deps, commit, { path: file, maxBytes });
  const isBehindLink = read.kind === 'not_a_file' || (read.kind === 'missing' && file.includes('/'));
  return isBehindLink ? loadBehindLinks(deps, commit, { file, read }) : understand(read, file);
}

async function loadBehindLinks(
  deps: GitDeps,
  commit: Commit,
  { file, read }: { readonly file: string; readonly read: CommitFile },
): Promise<LoadedConfig> {
  const end = followLinks(await linksOf(deps, commit, await listTree(deps, commit)), file);
  switch (end.kind) {
    case 'no_links':
      return understand(read, file);
    case 'outside':
    case 'unknown':
      return invalid(`reading ${file}: it is a link that leads out of the repository`);
    case 'endless':
      return invalid(`reading ${file}: it is a link that leads in a circle`);
    case 'inside': {
      const target = await readFile(deps, commit, { path: end.path, maxBytes });
      if (target.kind === 'file' || target.kind === 'too_large') return understand(target, file);
      return invalid(`reading ${file}: it is a link to ${end.path}, where there is no file`);
    }
  }
}

function understand(read: CommitFile, file: string): LoadedConfig {
  switch (read.kind) {
    case 'missing':
      return { kind: 'loaded', config: null };
    case 'not_a_file':
      return invalid(`reading ${file}: expected a file, found a folder`);
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
export async function loadTree(deps: GitDeps, commit: Commit): Promise<TreeView> {
  const entries = await listTree(deps, commit);
  return treeOf(
    entries.map((entry) => entry.path),
    await linksOf(deps, commit, entries),
  );
}

function linksOf(deps: GitDeps, { repoId }: Commit, entries: readonly TreeEntry[]) {
  return readLinks(
    deps,
    repoId,
    entries.filter((entry) => entry.kind === 'symlink'),
  );
}
