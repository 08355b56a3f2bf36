import { z } from 'zod';
import { ignorePathRule, quoted } from './field-rules.ts';
import { expected, list, mapping, optional, rule, text, valid, word } from './schema-parts.ts';
import { autodiscoverModes, repoLockModes, requirementNames, silenceableCommands } from './types.ts';

/* Keys that mean the same in `atlantis.yaml` and in the server's rules. */

/** `plan_requirements`, `apply_requirements`, `import_requirements`. */
export function requirements(kind: 'plan' | 'apply' | 'import') {
  const invalid = (value: string) =>
    `${quoted(value)} is not a valid ${kind}_requirement, only "approved", "mergeable" and "undiverged" are supported`;
  return optional(list(word(requirementNames, invalid)));
}

/** `silence_pr_comments`; `where` is what the message calls the file. */
export function silenced(where: 'repo config' | 'server-side repo config') {
  const invalid = (value: string) =>
    `${where} 'silence_pr_comments' key value of '${value}' is not supported, supported values are [plan, apply]`;
  return optional(list(word(silenceableCommands, invalid)));
}

export const repoLocks = optional(mapping({ mode: optional(word(repoLockModes, valid(repoLockModes))) }));

export const autodiscover = optional(
  mapping({
    mode: optional(word(autodiscoverModes, valid(autodiscoverModes))),
    ignore_paths: optional(list(text.check(rule(ignorePathRule)))),
  }),
);

const stage = optional(mapping({ steps: optional(list(z.unknown())) }));
const workflow = mapping({ plan: stage, apply: stage, policy_check: stage, import: stage, state_rm: stage });

export const workflows = optional(z.record(z.string(), workflow, { error: expected('a mapping') }));
