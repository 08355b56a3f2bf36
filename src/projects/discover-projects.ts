import { type AutodiscoverMode, compileGlob } from '../repo-config/index.ts';
import type { ConfiguredProjects } from './configured-projects.ts';
import { pathRules } from './path-rules.ts';
import { dirOf, type TreeView } from './tree.ts';

type Discovering = {
  readonly tree: TreeView;
  readonly autoplanFileList: readonly string[];
  readonly isDiscovering: boolean;
} & Claims;

/** Who else has a say in whether a folder is discovered. */
type Claims = {
  readonly configured: Pick<ConfiguredProjects, 'byDir' | 'otherBranches'>;
  readonly isIgnored: (dir: string) => boolean;
};

/**
 * The folders of a commit that are projects although nobody listed them: those with Terraform or Terragrunt files,
 * sorted, but for those in `modules`, which are parts of projects, and in folders that tools make. None where
 * discovery is off.
 */
export function discoverDirs(scope: Discovering): readonly string[] {
  if (!scope.isDiscovering) return [];
  const isFree = discoverable(scope);
  const list = pathRules(scope.autoplanFileList);
  const dirs = new Set<string>();
  for (const path of scope.tree.projectFiles) {
    const dir = dirOf(path);
    if (!dirs.has(dir) && list.matches(path, '.')) dirs.add(dir);
  }
  return [...dirs].filter(isFree).toSorted();
}

/** Whether discovery may make a project of a folder. */
export function discoverable({ configured, isIgnored }: Claims): (dir: string) => boolean {
  const { byDir, otherBranches } = configured;
  return (dir) => isOrdinary(dir) && !byDir.has(dir) && !otherBranches.dirs.has(dir) && !isIgnored(dir);
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
