import type { Project } from './types.ts';

/** A project that the configuration does not mention: the server's defaults apply. */
export function plainProject(dir: string, workspace = 'default'): Project {
  return {
    name: '',
    dir,
    workspace,
    terraformVersion: null,
    distribution: null,
    executionOrderGroup: 0,
    silencePrComments: null,
    unsupported: null,
  };
}
