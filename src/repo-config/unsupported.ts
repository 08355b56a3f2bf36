import type { RawConfig, RawProject } from './raw-config.ts';
import type { YamlPath } from './yaml-tree.ts';

/*
 * Keys that say what may be planned, applied or run at the same time, and that this version reads but does not act on.
 * Leaving one out of account would let something be applied that its author meant to prevent, so a project under such a
 * key is not run. A key leaves this list when it is honoured.
 */

type Source = { readonly file: string; readonly lineOf: (path: YamlPath) => number };

const neverHonoured = [
  'workflow',
  'plan_requirements',
  'apply_requirements',
  'import_requirements',
  'policy_check',
  'custom_policy_check',
] as const satisfies readonly (keyof RawProject)[];

/** A sentence naming file, line and keys, or null when the project can be run. */
export function unsupportedInProject(raw: RawProject, source: Source): string | null {
  const keys: string[] = neverHonoured.filter((key) => raw[key] !== null);
  if (raw.depends_on !== null && raw.depends_on.length > 0) keys.push('depends_on');
  if (raw.repo_locking === false) keys.push('repo_locking');
  if (!locksAsWeDo(raw.repo_locks)) keys.push('repo_locks');
  return sentence(keys, source);
}

/** The same for keys that concern every project of the repo. */
export function unsupportedInRoot(raw: RawConfig, source: Source): string | null {
  return sentence(locksAsWeDo(raw.repo_locks) ? [] : ['repo_locks'], source);
}

function locksAsWeDo(repoLocks: RawProject['repo_locks']): boolean {
  return repoLocks === null || repoLocks.mode === null || repoLocks.mode === 'on_plan';
}

function sentence(keys: readonly string[], { file, lineOf }: Source): string | null {
  if (keys.length === 0) return null;
  const places = keys.map((key) => `"${key}" (line ${lineOf([key])})`).join(', ');
  const verb = keys.length === 1 ? 'is not a key' : 'are not keys';
  return `${file} sets ${places}, which ${verb} that this version of Polder can honour yet: the project was not run`;
}
