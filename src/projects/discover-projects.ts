import dockerignore from '@balena/dockerignore';
import { type AutodiscoverMode, compileGlob } from '../repo-config/index.ts';
import { plainProject } from './plain-project.ts';
import { dirOf, type TreeView } from './tree.ts';
import type { Project } from './types.ts';

export type Discovery = {
  readonly mode: AutodiscoverMode;
  /** Patterns of folders to leave out. */
  readonly ignorePaths: readonly string[];
  /** Folders (or patterns of folders) that the configuration lists: they are never found a second time. */
  readonly configuredDirs: readonly string[];
  /** Patterns, in the form of a `.dockerignore` file, of the files that make their folder a project. */
  readonly fileList: readonly string[];
  /** The workspace that a folder's own code names; `default` where it names none. */
  readonly workspaceOf?: (dir: string) => string | undefined;
};

/**
 * The projects of a tree that nobody listed: folders with Terraform or Terragrunt files, sorted, but for those in
 * `modules`, which are parts of projects, and in folders that tools make. None when the mode says so.
 */
export function discoverProjects(tree: TreeView, discovery: Discovery): Project[] {
  if (!isDiscoveryActive(discovery.mode, discovery.configuredDirs.length > 0)) return [];
  const isIgnored = dirMatcher(discovery.ignorePaths);
  const isConfigured = dirMatcher(discovery.configuredDirs);
  return dirsWithFilesOf(tree, discovery.fileList)
    .filter((dir) => isOrdinary(dir) && !isIgnored(dir) && !isConfigured(dir))
    .map((dir) => plainProject(dir, discovery.workspaceOf?.(dir)));
}

/** `auto` steps aside as soon as the configuration lists a project. */
export function isDiscoveryActive(mode: AutodiscoverMode, hasConfigured: boolean): boolean {
  return mode === 'enabled' || (mode === 'auto' && !hasConfigured);
}

/** Tells whether a folder is one of these, or matches one of these patterns. */
export function dirMatcher(patterns: readonly string[]): (dir: string) => boolean {
  const names = new Set(patterns);
  const globs = patterns
    .filter((pattern) => /[*?[{\\]/.test(pattern))
    .map(compileGlob)
    .filter((glob) => glob !== undefined);
  return (dir) => names.has(dir) || globs.some((glob) => glob.matches(dir));
}

const skippedParts = new Set(['modules', '.terraform', '.terragrunt-cache', '.git']);

function isOrdinary(dir: string): boolean {
  return !dir.split('/').some((part) => skippedParts.has(part)) && !/[\\\p{Cc}]/u.test(dir);
}

function dirsWithFilesOf(tree: TreeView, fileList: readonly string[]): readonly string[] {
  const list = dockerignore.default().add([...fileList]);
  const dirs = new Set<string>();
  for (const path of tree.projectFiles) {
    const dir = dirOf(path);
    if (!dirs.has(dir) && list.ignores(path)) dirs.add(dir);
  }
  return [...dirs].toSorted();
}
