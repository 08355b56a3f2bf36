import type { YamlPath } from './yaml-tree.ts';

/** A value that breaks a rule of its key. */
export type BrokenRule = { readonly path: YamlPath; readonly message: string };

type Branch = { message?: string; readonly below: Map<string, Branch> };

/**
 * Broken rules in the form in which Atlantis tells them: keys in the order of the alphabet, each level in brackets and
 * with a full stop, `projects: (0: (dir: cannot be blank.).).`; of a list of words the first wrong one, as that of the
 * list (https://pkg.go.dev/github.com/go-ozzo/ozzo-validation#Errors).
 */
export function nestedMessage(rules: readonly BrokenRule[]): string {
  const [first, ...others] = rules;
  // What Atlantis looks at after everything else, it tells without a place.
  if (first && others.length === 0 && first.message.startsWith('repo config ')) return first.message;
  const root: Branch = { below: new Map() };
  for (const { path, message } of rules) {
    let branch = root;
    for (const part of typeof path.at(-1) === 'number' ? path.slice(0, -1) : path) {
      const next = branch.below.get(String(part)) ?? { below: new Map() };
      branch.below.set(String(part), next);
      branch = next;
    }
    branch.message ??= message;
  }
  return render(root);
}

function render({ below }: Branch): string {
  const parts = [...below.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, branch]) => `${key}: ${branch.message ?? `(${render(branch)})`}`);
  return `${parts.join('; ')}.`;
}
