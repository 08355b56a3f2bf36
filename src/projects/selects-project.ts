import { touchedBy } from './changed-projects.ts';
import { discoveryRules } from './discovery-rules.ts';
import { createPathIndex } from './path-index.ts';
import { pathRules } from './path-rules.ts';
import { dirOf } from './tree.ts';
import type { Project } from './types.ts';

/**
 * Whether one of the paths concerns the project: by its `when_modified` where the configuration lists it, else by the
 * rules of discovery, for which `autoplanFileList` has the patterns. Modules that it uses are not looked at.
 */
export function selectsProject(
  project: Pick<Project, 'dir' | 'workspace' | 'whenModified'>,
  paths: readonly string[],
  autoplanFileList: readonly string[],
): boolean {
  const { dir, workspace, whenModified } = project;
  if (whenModified) return touchedBy(pathRules(whenModified), createPathIndex(paths), dir);
  // It is a project, so that what is below its `modules` is its own, and a file of variables was there.
  const tree = { isProjectDir: (above: string) => above === dir, hasFile: () => true };
  const rules = discoveryRules(tree, autoplanFileList);
  return paths.filter(rules.counts).some((path) => {
    const place = rules.placeOf(path);
    return dirOf(path) === dir || (place?.dir === dir && (place.workspace ?? workspace) === workspace);
  });
}
