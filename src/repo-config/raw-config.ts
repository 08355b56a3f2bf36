import { z } from 'zod';
import { branchRule, dirRule, nameRule, terraformVersionRule, workspaceRule } from './field-rules.ts';
import { isGlob } from './glob.ts';
import { custom, expected, flag, list, mapping, optional, rule, text, texts, whole, word } from './schema-parts.ts';
import { autodiscover, repoLocks, requirements, silenced, workflows } from './shared-keys.ts';
import { distributions } from './types.ts';

/*
 * `atlantis.yaml` as written: its own key names, every key that Atlantis knows, and nothing filled in. All scalars come
 * as text. A key without a value is the same as no key, and comes as null.
 */

const versionMissing =
  "is required. If you've just upgraded Atlantis you need to rewrite your atlantis.yaml for version 3. See www.runatlantis.io/docs/upgrading-atlantis-yaml.html";
const versionUnknown = 'only versions 2 and 3 are supported';
const version = z
  .string({ error: (issue) => (issue.input == null ? versionMissing : versionUnknown) })
  .transform((written, context): 2 | 3 => {
    // To Go's reader 3.0 is 3.
    const known = /^([23])(?:\.0+)?$/.exec(written)?.[1];
    if (known === undefined) context.issues.push(custom(written, versionUnknown));
    return known === '2' ? 2 : 3;
  });

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
  silence_pr_comments: silenced('repo config'),
}).check(({ value, issues }) => {
  if (value.name !== null && isGlob(value.dir)) issues.push({ ...custom(value.name, namedGlob), path: ['name'] });
});

/** The whole file. */
export const rawConfig = mapping({
  version,
  projects: optional(list(project)),
  workflows,
  automerge: optional(flag),
  parallel_plan: optional(flag),
  parallel_apply: optional(flag),
  autodiscover,
  delete_source_branch_on_merge: optional(flag),
  repo_locks: repoLocks,
  emoji_reaction: optional(text),
  allowed_regexp_prefixes: optional(texts),
  abort_on_execution_order_fail: optional(flag),
  silence_pr_comments: silenced('repo config'),
  policies: z.unknown().optional(),
});

export type RawConfig = z.output<typeof rawConfig>;
export type RawProject = z.output<typeof project>;
