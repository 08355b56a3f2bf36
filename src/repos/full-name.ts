import type { HostType } from '../vcs/index.ts';

/** Hosts with groups in groups: https://docs.gitlab.com/user/group/subgroups/. */
const nested: readonly HostType[] = ['Gitlab', 'AzureDevops', 'Local'];
const longestName = 1_000;

/** Why a text cannot be the full name of a repo, in Atlantis' words where it has any; undefined when it can be. */
export function fullNameProblem(hostType: HostType, fullName: string): string | undefined {
  const quoted = JSON.stringify(fullName);
  const slash = fullName.lastIndexOf('/');
  const owner = slash === fullName.length - 1 ? '' : fullName.slice(0, Math.max(slash, 0));
  const name = owner === '' ? '' : fullName.slice(slash + 1);
  if (owner === '' || name === '') return `invalid repo format ${quoted}, owner "${owner}" or repo "${name}" was empty`;
  if (owner.includes('/') && !nested.includes(hostType)) {
    return `invalid repo format ${quoted}, owner ${JSON.stringify(owner)} should not contain any /'s`;
  }
  if (fullName.includes('..')) return `invalid repo format ${quoted}, owner or repo cannot contain '..'`;
  const isPlain = fullName.split('/').every((part) => part !== '' && part !== '.' && part.trim() === part);
  if (isPlain && !/[\\\p{Cc}\p{Surrogate}]/u.test(fullName) && fullName.length <= longestName) return undefined;
  return `invalid repo format ${quoted}, expected <owner>/<name> without empty parts, backslashes or control characters`;
}
