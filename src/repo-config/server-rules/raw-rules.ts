import type { z } from 'zod';
import { branchRule, quoted, type Rule, terraformVersionRule } from '../field-rules.ts';
import { custom, flag, list, mapping, optional, required, rule, text, texts, whole, word } from '../schema-parts.ts';
import { autodiscover, repoLocks, requirements, silenced, workflows } from '../shared-keys.ts';
import { overridableKeys } from '../types.ts';
import { planStoreRule, policyItemRegexRule, policySourceRule, repoConfigFileRule } from './rule-fields.ts';

/* `repos.yaml` as written: every key that Atlantis knows, and nothing filled in. */

const overrides = overridableKeys.map(quoted);
const overrideInvalid = (value: string) =>
  `${quoted(value)} is not a valid override, only ${overrides.slice(0, -1).join(', ')}, and ${overrides.at(-1)} are supported`;

const hooks = optional(
  list(
    mapping({
      run: required('is required'),
      description: optional(text),
      shell: optional(text),
      shellArgs: optional(text),
      commands: optional(text),
    }),
  ),
);

function repo(repoId: Rule) {
  return mapping({
    id: required('cannot be blank').check(rule(repoId)),
    branch: optional(text.check(rule(branchRule))),
    repo_config_file: optional(text.check(rule(repoConfigFileRule))),
    plan_requirements: requirements('plan'),
    apply_requirements: requirements('apply'),
    import_requirements: requirements('import'),
    pre_workflow_hooks: hooks,
    post_workflow_hooks: hooks,
    workflow: optional(text),
    allowed_workflows: optional(texts),
    allowed_overrides: optional(list(word(overridableKeys, overrideInvalid))),
    allow_custom_workflows: optional(flag),
    delete_source_branch_on_merge: optional(flag),
    repo_locking: optional(flag),
    repo_locks: repoLocks,
    policy_check: optional(flag),
    custom_policy_check: optional(flag),
    autodiscover,
    silence_pr_comments: silenced('server-side repo config'),
  });
}

const owners = optional(mapping({ users: optional(texts), teams: optional(texts) }));
const approvals = {
  approve_count: optional(whole),
  sticky_policy_approvals: optional(flag),
  policy_item_regex: optional(text.check(rule(policyItemRegexRule))),
};
const policySet = mapping({
  name: required('is required'),
  path: required('is required'),
  // Atlantis skips a set that leaves it out, so that its policies hold nobody up.
  source: required('is required').check(rule(policySourceRule)),
  owners,
  ...approvals,
  prevent_self_approve: optional(flag),
});
const noPolicySets = 'cannot be empty; Declare policies that you would like to enforce';
const policies = mapping({
  conftest_version: optional(text.check(rule(terraformVersionRule))),
  owners,
  ...approvals,
  policy_sets: optional(list(policySet)),
}).check(({ value, issues }) => {
  if ((value.policy_sets ?? []).length === 0) issues.push({ ...custom('', noPolicySets), path: ['policy_sets'] });
});

const metrics = mapping({
  statsd: optional(mapping({ host: required('is required'), port: whole })),
  prometheus: optional(mapping({ endpoint: required('is required') })),
});

const neededForS3 = (key: string) => `external_stores.plan_store.s3.${key} is required when type is 's3'`;
const s3 = mapping({
  bucket: required(neededForS3('bucket')),
  region: required(neededForS3('region')),
  prefix: optional(text),
  endpoint: optional(text),
  force_path_style: optional(flag),
  profile: optional(text),
});
const planStore = mapping({ type: required('is required').check(rule(planStoreRule)), s3 });

/** The whole document. `repoId` judges the ids of the entries. */
export function rawRules(repoId: Rule) {
  return mapping({
    repos: optional(list(repo(repoId))),
    workflows,
    policies: optional(policies),
    metrics: optional(metrics),
    team_authz: optional(mapping({ command: required('is required'), args: optional(texts) })),
    external_stores: optional(mapping({ plan_store: optional(planStore) })),
  }).check(({ value, issues }) => {
    for (const { name, path } of workflowNames(value.repos ?? [])) {
      if (name === 'default' || Object.hasOwn(value.workflows ?? {}, name)) continue;
      issues.push({ ...custom(name, `workflow ${quoted(name)} is not defined`), path: ['repos', ...path] });
    }
  });
}

export type RawRules = z.output<ReturnType<typeof rawRules>>;
export type RawRepo = z.output<ReturnType<typeof repo>>;

/** Every place where an entry names a workflow. */
function workflowNames(repos: readonly RawRepo[]): { name: string; path: (string | number)[] }[] {
  return repos.flatMap(({ workflow, allowed_workflows }, index) => [
    ...(workflow === null ? [] : [{ name: workflow, path: [index, 'workflow'] }]),
    ...(allowed_workflows ?? []).map((name, at) => ({ name, path: [index, 'allowed_workflows', at] })),
  ]);
}
