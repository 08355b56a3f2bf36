/** The files of one commit, as far as finding projects needs them. */
export type TreeView = {
  hasFile(path: string): boolean;
  /**
   * True for `.` and for folders with a file in or below them, also by way of links. Also for what lies behind a link of
   * which nobody knows where it leads: whoever follows it in a checkout looks again.
   */
  hasDir(dir: string): boolean;
  /** True for folders with such a file in them: see `projectFiles`. */
  isProjectDir(dir: string): boolean;
  /** True when a link on the way to the folder leads out of the tree. */
  leavesTree(dir: string): boolean;
  /** The paths of all files and links, in the order they were given. */
  readonly files: Iterable<string>;
  /** Paths of the files that make a folder a Terraform or Terragrunt root, in the order they were given. */
  readonly projectFiles: readonly string[];
  /** The folders of those files, each once, sorted. */
  readonly projectDirs: readonly string[];
};

/**
 * Looks at the paths of a commit (relative, with `/`, as `git ls-tree -r --name-only` lists them; links are among
 * them) and the targets of its links, null where one is not known. Takes some 50 ms for 100,000 paths.
 */
export function treeOf(paths: Iterable<string>, links: ReadonlyMap<string, string | null> = new Map()): TreeView {
  const files = new Set(paths);
  const dirs = new Set(['.']);
  const projectFiles: string[] = [];
  const projectDirs = new Set<string>();
  for (const path of files) {
    addDirs(dirs, path);
    if (!isProjectFile(path)) continue;
    projectFiles.push(path);
    projectDirs.add(dirOf(path));
  }
  return {
    files,
    hasFile: (path) => files.has(path),
    hasDir: (dir) => {
      if (dirs.has(dir)) return true;
      const end = followLinks(links, dir);
      return end.kind === 'unknown' || (end.kind === 'inside' && dirs.has(end.path));
    },
    isProjectDir: (dir) => projectDirs.has(dir),
    leavesTree: (dir) => followLinks(links, dir).kind === 'outside',
    projectFiles,
    projectDirs: [...projectDirs].toSorted(),
  };
}

/** The folder a file lies in, `.` for the root. */
export function dirOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '.' : path.slice(0, slash);
}

/** Whether the file makes its folder a Terraform or Terragrunt root. */
// https://developer.hashicorp.com/terraform/language/files, https://opentofu.org/docs/language/files/,
// https://terragrunt.gruntwork.io/docs/reference/hcl/
export function isProjectFile(path: string): boolean {
  return /\.(?:tf|tofu)(?:\.json)?$/.test(path) || /(?:^|\/)terragrunt\.hcl$/.test(path);
}

function addDirs(dirs: Set<string>, path: string): void {
  for (let dir = dirOf(path); !dirs.has(dir); dir = dirOf(dir)) dirs.add(dir);
}

type LinkEnd =
  | { readonly kind: 'inside'; readonly path: string }
  | { readonly kind: 'no_links' | 'outside' | 'unknown' | 'endless' };

/** https://man7.org/linux/man-pages/man7/path_resolution.7.html */
const mostLinks = 40;

/** Where a path leads when every link of the tree has been followed. */
export function followLinks(links: ReadonlyMap<string, string | null>, dir: string): LinkEnd {
  const at: string[] = [];
  const ahead = dir.split('/').toReversed();
  let followed = 0;
  for (let part = ahead.pop(); part !== undefined; part = ahead.pop()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return { kind: 'outside' };
      continue;
    }
    at.push(part);
    const target = links.get(at.join('/'));
    if (target === undefined) continue;
    if (target === null) return { kind: 'unknown' };
    if (target.startsWith('/')) return { kind: 'outside' };
    followed += 1;
    if (followed > mostLinks) return { kind: 'endless' };
    at.pop();
    ahead.push(...target.split('/').toReversed());
  }
  return followed === 0 ? { kind: 'no_links' } : { kind: 'inside', path: at.join('/') || '.' };
}
