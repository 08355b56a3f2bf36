import { externalUrlProblem } from './external-url.ts';
import { nameProblems } from './names.ts';
import type { AutoStopSetting, Environment, EnvironmentTier } from './types.ts';

/** What a caller may say of an environment. What is undefined was not said. */
export type Attributes = {
  /** Null: whatever the name suggests. */
  readonly tier?: EnvironmentTier | null | undefined;
  readonly externalUrl?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly clusterAgentId?: number | null | undefined;
  readonly kubernetesNamespace?: string | null | undefined;
  readonly fluxResourcePath?: string | null | undefined;
  readonly autoStopSetting?: AutoStopSetting | null | undefined;
  /** `at` is a time in milliseconds since the epoch; `in` a number of milliseconds from now and from each deployment. */
  readonly autoStop?: { readonly at: number | null } | { readonly in: number } | undefined;
};

/** GitLab's names of what can be wrong, each with all that is wrong, in GitLab's words. */
export type Problems = Readonly<Record<string, readonly string[]>>;

type Checked = Pick<
  Environment,
  'name' | 'externalUrl' | 'description' | 'clusterAgentId' | 'kubernetesNamespace' | 'fluxResourcePath'
>;

/** What is wrong with an environment as it would be; empty when nothing is. https://docs.gitlab.com/api/environments/ */
export function attributeProblems(environment: Checked): Problems {
  const { name, externalUrl, description, clusterAgentId, kubernetesNamespace, fluxResourcePath } = environment;
  const problems: Record<string, readonly string[]> = {
    name: nameProblems(name),
    external_url: externalUrl === null ? [] : [...tooLong(externalUrl, 255), ...one(externalUrlProblem(externalUrl))],
    description: tooLong(description, 10_000),
    kubernetes_namespace: [
      ...namespaceProblems(kubernetesNamespace),
      ...one(kubernetesNamespace !== null && clusterAgentId === null && 'cannot be set without a cluster agent'),
    ],
    flux_resource_path: [
      ...tooLong(fluxResourcePath, 255),
      ...one(
        fluxResourcePath !== null && kubernetesNamespace === null && 'cannot be set without a kubernetes namespace',
      ),
    ],
  };
  return Object.fromEntries(Object.entries(problems).filter(([, texts]) => texts.length > 0));
}

/** Blank text is stored as none. */
export function orNull(text: string | null | undefined): string | null {
  return text?.trim() ? text : null;
}

function namespaceProblems(namespace: string | null): string[] {
  if (namespace === null) return [];
  const wellFormed = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(namespace);
  const format =
    "can contain only lowercase letters, digits, and '-'. Must start with a letter, and cannot end with '-'";
  return [...tooLong(namespace, 63), ...one(!wellFormed && format)];
}

function tooLong(text: string | null, longest: number): string[] {
  // Code points are at most as many as code units, and slow to count.
  if (text === null || text.length <= longest || (text.length <= 2 * longest && Array.from(text).length <= longest)) {
    return [];
  }
  return [`is too long (maximum is ${longest} characters)`];
}

function one(problem: string | false | undefined): string[] {
  return problem ? [problem] : [];
}
