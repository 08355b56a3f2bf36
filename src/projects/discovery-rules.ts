import { workspaceRule } from '../repo-config/index.ts';
import { pathRules } from './path-rules.ts';
import { dirOf, type TreeView } from './tree.ts';

/** Where discovery looks for a project when a file changes; the workspace is null when the file says nothing of it. */
export type DiscoveredPlace = { readonly dir: string; readonly workspace: string | null };

/** How changed files lead to projects that nobody lists. */
export type DiscoveryRules = {
  /** Whether discovery takes notice of the file at all. */
  counts(path: string): boolean;
  /**
   * The project that such a file belongs to, or undefined for none:
   * - `a/env/staging.tfvars` belongs to `a` in the workspace `staging`, whose plans read it, and other files in `env` to
   *   the folder above. (Atlantis plans `default` for both.)
   * - What is below `modules` belongs to the project that has the modules, if there is one right above.
   * - Every other file belongs to its folder, whatever else is in there.
   */
  placeOf(path: string): DiscoveredPlace | undefined;
};

/** Files that stand beside configuration and are none of it. */
const notConfiguration = ['terraform.tfstate', 'tflint.hcl'];

export function discoveryRules(
  tree: Pick<TreeView, 'isProjectDir' | 'hasFile'>,
  fileList: readonly string[],
): DiscoveryRules {
  const list = pathRules(fileList);
  return {
    counts: (path) => !notConfiguration.some((name) => path.includes(name)) && list.matches(path, '.'),
    placeOf: (path) => {
      const dir = dirOf(path);
      if (/(^|\/)env$/.test(dir)) return { dir: dirOf(dir), workspace: tree.hasFile(path) ? workspaceOf(path) : null };
      const modules = /^(.*?)(?:^|\/)modules(?:\/|$)/.exec(dir);
      if (!modules) return { dir, workspace: null };
      const above = modules[1] || '.';
      return tree.isProjectDir(above) ? { dir: above, workspace: null } : undefined;
    },
  };
}

/** The workspace whose variables the file has. Files that Terraform loads by itself are no workspace's. */
function workspaceOf(path: string): string | null {
  const name = /([^/]+)\.tfvars$/.exec(path)?.[1];
  if (name === undefined || name === 'terraform' || name.endsWith('.auto')) return null;
  return workspaceRule(name) === undefined ? name : null;
}
