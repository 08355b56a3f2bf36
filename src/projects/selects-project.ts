import { touchedBy } from './changed-projects.ts';
import { discoveredPlace } from './discovered-place.ts';
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
  const placeOf = discoveredPlace({ isProjectDir: (above) => above === dir, hasFile: () => true }, autoplanFileList);
  return paths.some((path) => {
    const place = placeOf(path);
    if (!place) return false;
    return dirOf(path) === dir || (place.dir === dir && (place.workspace ?? workspace) === workspace);
  });
}
