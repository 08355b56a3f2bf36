import type { ConfiguredProject, ProjectSettings } from '../repo-config/index.ts';
import type { Project } from './types.ts';

type Settings = { readonly settingsOf: (project: ConfiguredProject | null) => ProjectSettings };

/** The project that an entry of the configuration means in one of its folders. */
export function listedProject({ settingsOf }: Settings, configured: ConfiguredProject, dir: string): Project {
  return {
    ...settingsOf(configured),
    name: configured.name,
    dir,
    workspace: configured.workspace,
    terraformVersion: configured.terraformVersion,
    distribution: configured.distribution,
    executionOrderGroup: configured.executionOrderGroup,
    whenModified: configured.autoplan.whenModified,
  };
}

/** A project that the configuration does not list: what is set for the whole repo applies. */
export function unlistedProject({ settingsOf }: Settings, dir: string, workspace: string): Project {
  return {
    ...settingsOf(null),
    name: '',
    dir,
    workspace,
    terraformVersion: null,
    distribution: null,
    executionOrderGroup: 0,
    whenModified: null,
  };
}
