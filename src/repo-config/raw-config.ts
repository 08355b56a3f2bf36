import { z } from 'zod';
import {
  branchRule,
  dirRule,
  ignorePathRule,
  nameRule,
  quoted,
  type Rule,
  terraformVersionRule,
  wordRule,
  workspaceRule,
} from './field-rules.ts';
import { isGlob } from './glob.ts';
import { autodiscoverModes, distributions, repoLockModes, requirementNames, silenceableCommands } from './types.ts';

/*
 * `atlantis.yaml` as written: its own key names, every key that Atlantis knows, and nothing filled in. All scalars come
 * as text. A key without a value is the same as no key, and comes as null.
 */

const text = z.string({ error: expected('text') });
const flag = z.string({ error: expected('true or false') }).transform((written, context) => {
  const value = flags.get(written);
  if (value === undefined) context.issues.push(custom(written, `expected true or false, found ${quoted(written)}`));
  return value ?? false;
});
const whole = z.string({ error: expected('a whole number') }).transform((written, context) => {
  const value = /^[-+]?(0|[1-9]\d*)$/.test(written) ? Number(written) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    context.issues.push(custom(written, `expected a whole number, found ${quoted(written)}`));
  }
  return value;
});
const texts = list(text);

const versionMissing =
  "is required. If you've just upgraded Atlantis you need to rewrite your atlantis.yaml for version 3. See www.runatlantis.io/docs/upgrading-atlantis-yaml.html";
const versionUnknown = 'only versions 2 and 3 are supported';
const version = z
  .string({ error: (issue) => (issue.input == null ? versionMissing : versionUnknown) })
  .transform((written, context): 2 | 3 => {
    if (written !== '2' && written !== '3') context.issues.push(custom(written, versionUnknown));
    return written === '2' ? 2 : 3;
  });

const silencedInvalid = (value: string) =>
  `repo config 'silence_pr_comments' key value of '${value}' is not supported, supported values are [plan, apply]`;
const silenced = optional(list(word(silenceableCommands, silencedInvalid)));
const repoLocks = optional(mapping({ mode: optional(word(repoLockModes, valid(repoLockModes))) }));

function requirements(kind: 'plan' | 'apply' | 'import') {
  const invalid = (value: string) =>
    `${quoted(value)} is not a valid ${kind}_requirement, only "approved", "mergeable" and "undiverged" are supported`;
  return optional(list(word(requirementNames, invalid)));
}

const distributionInvalid = (value: string) =>
  `'${value}' is not a valid terraform_distribution, only 'terraform' and 'opentofu' are supported`;
const namedGlob =
  "cannot be used with glob patterns in 'dir'; glob patterns expand to multiple projects which cannot share the same name";

const project = mapping({
  dir: z
    .string({ error: (issue) => (issue.input == null ? 'cannot be blank' : expected('text')(issue)) })
    .check(rule(dirRule)),
  name: optional(text.check(rule(nameRule))),
  branch: optional(text.check(rule(branchRule))),
  workspace: optional(text.check(rule(workspaceRule))),
  workflow: optional(text),
  terraform_version: optional(text.check(rule(terraformVersionRule))),
  terraform_distribution: optional(word(distributions, distributionInvalid)),
  autoplan: optional(mapping({ enabled: optional(flag), when_modified: optional(texts) })),
  plan_requirements: requirements('plan'),
  apply_requirements: requirements('apply'),
  import_requirements: requirements('import'),
  depends_on: optional(texts),
  execution_order_group: optional(whole),
  delete_source_branch_on_merge: optional(flag),
  repo_locking: optional(flag),
  repo_locks: repoLocks,
  policy_check: optional(flag),
  custom_policy_check: optional(flag),
  silence_pr_comments: silenced,
}).check(({ value, issues }) => {
  if (value.name !== null && isGlob(value.dir)) issues.push({ ...custom(value.name, namedGlob), path: ['name'] });
});

const stage = optional(mapping({ steps: optional(list(z.unknown())) }));
const workflow = mapping({ plan: stage, apply: stage, policy_check: stage, import: stage, state_rm: stage });

/** The whole file. */
export const rawConfig = mapping({
  version,
  projects: optional(list(project)),
  workflows: optional(z.record(z.string(), workflow, { error: expected('a mapping') })),
  automerge: optional(flag),
  parallel_plan: optional(flag),
  parallel_apply: optional(flag),
  autodiscover: optional(
    mapping({
      mode: optional(word(autodiscoverModes, valid(autodiscoverModes))),
      ignore_paths: optional(list(text.check(rule(ignorePathRule)))),
    }),
  ),
  delete_source_branch_on_merge: optional(flag),
  repo_locks: repoLocks,
  emoji_reaction: optional(text),
  allowed_regexp_prefixes: optional(texts),
  abort_on_execution_order_fail: optional(flag),
  silence_pr_comments: silenced,
  policies: z.unknown().optional(),
});

export type RawConfig = z.output<typeof rawConfig>;
export type RawProject = z.output<typeof project>;

// The words that Go's YAML library takes for a boolean (https://pkg.go.dev/go.yaml.in/yaml/v3).
const flags = new Map([
  ...['true', 'True', 'TRUE', 'y', 'Y', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE', 'n', 'N', 'no', 'off'].map((word) => [word, false] as const),
]);

function mapping<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'invalid_type' ? expected('a mapping')(issue) : undefined),
  });
}

function optional<T extends z.ZodType>(value: T) {
  return z._default(z.nullable(value), null);
}

function list<T extends z.ZodType>(item: T) {
  return z.array(item, { error: expected('a list') });
}

function word<const W extends readonly string[]>(words: W, invalid: (value: string) => string) {
  return text.check(rule(wordRule(words, invalid))).transform((value) => value as W[number]);
}

function valid(words: readonly string[]): (value: string) => string {
  return (value) => `must be a valid value: one of ${words.join(', ')}, found ${quoted(value)}`;
}

function expected(what: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => `expected ${what}, found ${kindOf(input)}`;
}

function kindOf(input: unknown): string {
  if (input == null) return 'nothing';
  if (typeof input === 'string') return `the text ${quoted(input.length > 40 ? `${input.slice(0, 40)}…` : input)}`;
  return Array.isArray(input) ? 'a list' : 'a mapping';
}

function rule(check: Rule) {
  return (payload: { readonly value: string; readonly issues: z.core.$ZodRawIssue[] }): void => {
    const message = check(payload.value);
    if (message !== undefined) payload.issues.push(custom(payload.value, message));
  };
}

function custom(input: string, message: string) {
  return { code: 'custom', input, message } as const;
}
