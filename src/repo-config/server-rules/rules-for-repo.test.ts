import { describe, expect, it } from 'vitest';
import { usualRuleDefaults } from '../../../test/support/rules.ts';
import { parseServerRules } from './parse-server-rules.ts';
import { isForBaseBranch, noServerRules, rulesForRepo } from './rules-for-repo.ts';
import type { RepoRule, ServerRules } from './types.ts';

const repoId = 'github.com/acme/infra';

function rulesOf(text: string): ServerRules {
  const parsed = parseServerRules({ text, file: '/etc/repos.yaml', format: 'yaml' });
  if (parsed.kind === 'invalid') throw new Error(parsed.message);
  return parsed.rules;
}

function ruleOf(text: string): RepoRule {
  return rulesForRepo(rulesOf(text), { repoId, defaults: usualRuleDefaults });
}

describe('rulesForRepo', () => {
  const builtIn: RepoRule = {
    repoId,
    rulesFile: null,
    branch: null,
    repoConfigFile: 'atlantis.yaml',
    planRequirements: [],
    applyRequirements: [],
    importRequirements: [],
    preWorkflowHooks: [],
    postWorkflowHooks: [],
    workflow: 'default',
    workflows: {},
    allowedWorkflows: [],
    allowedOverrides: [],
    allowCustomWorkflows: false,
    deleteSourceBranchOnMerge: false,
    repoLockMode: 'on_plan',
    policyCheck: false,
    customPolicyCheck: false,
    autodiscover: { mode: null, ignorePaths: null },
    silencePrComments: null,
    defaults: usualRuleDefaults,
    unsupported: null,
  };

  it('gives what is built in where there are no rules', () => {
    expect(rulesForRepo(noServerRules, { repoId, defaults: usualRuleDefaults })).toEqual(builtIn);
  });

  it('gives what is built in where no entry matches', () => {
    expect(ruleOf('repos: [{id: github.com/acme/other, apply_requirements: [approved]}]')).toEqual({
      ...builtIn,
      rulesFile: 'repos.yaml',
    });
  });

  it.each(['ghe.example.com/acme/infra', 'ghe.example.com:8443/acme/infra', '/^ghe.example.com/acme/infra$/'])(
    'finds the entry %s for a host that has a port',
    (id) => {
      const rules = rulesOf(`repos: [{id: '${id}', apply_requirements: [approved]}]`);
      const ported = rulesForRepo(rules, { repoId: 'ghe.example.com:8443/acme/infra', defaults: usualRuleDefaults });
      expect(ported.applyRequirements).toEqual(['approved']);
    },
  );

  it('lets the flag decide about policy checks', () => {
    const checking = { ...usualRuleDefaults, policyChecks: true };
    expect(rulesForRepo(noServerRules, { repoId, defaults: checking }).policyCheck).toBe(true);
    const rules = rulesOf('repos: [{id: /.*/, policy_check: false}]');
    expect(rulesForRepo(rules, { repoId, defaults: checking }).policyCheck).toBe(false);
  });

  const merged: [name: string, entries: string, part: Partial<RepoRule>][] = [
    [
      'takes each key from the last entry that sets it',
      `
- {id: /.*/, apply_requirements: [approved], plan_requirements: [mergeable], repo_locks: {mode: on_apply}}
- {id: ${repoId}, plan_requirements: [undiverged], delete_source_branch_on_merge: true}
- {id: /acme/, repo_locking: false, policy_check: false}
- {id: github.com/acme/other, apply_requirements: []}`,
      {
        applyRequirements: ['approved'],
        planRequirements: ['undiverged'],
        repoLockMode: 'disabled',
        deleteSourceBranchOnMerge: true,
      },
    ],
    [
      'takes an empty list for a word',
      `
- {id: /.*/, apply_requirements: [approved], allowed_overrides: [workflow], silence_pr_comments: [plan]}
- {id: ${repoId}, apply_requirements: [], allowed_overrides: [], silence_pr_comments: []}`,
      { applyRequirements: [], allowedOverrides: [], silencePrComments: [] },
    ],
    [
      'takes false for a word',
      `
- {id: /.*/, allow_custom_workflows: true, delete_source_branch_on_merge: true}
- {id: /.*/, allow_custom_workflows: false, delete_source_branch_on_merge: false}`,
      { allowCustomWorkflows: false, deleteSourceBranchOnMerge: false },
    ],
    [
      'takes the configuration file from the last entry even if that has none',
      `
- {id: /.*/, repo_config_file: other.yaml}
- {id: /.*/, workflow: default}`,
      { repoConfigFile: 'atlantis.yaml' },
    ],
    [
      'takes discovery as a whole',
      `
- {id: /.*/, autodiscover: {mode: disabled, ignore_paths: [a]}}
- {id: /.*/, autodiscover: {mode: enabled}}
- {id: /.*/}`,
      { autodiscover: { mode: 'enabled', ignorePaths: null } },
    ],
  ];
  it.each(merged)('%s', (_name, entries, part) => {
    expect(ruleOf(`repos:${entries}`)).toMatchObject(part);
  });

  it('takes the branch from the last entry alone', () => {
    const rule = ruleOf('repos: [{id: /.*/, branch: /^main$/}, {id: /acme/, branch: /^rel/}]');
    expect([isForBaseBranch(rule, 'main'), isForBaseBranch(rule, 'release')]).toEqual([false, true]);
    const open = ruleOf('repos: [{id: /.*/, branch: /^main$/}, {id: /acme/}]');
    expect(isForBaseBranch(open, 'anything')).toBe(true);
  });

  it('puts the hooks of all matching entries together', () => {
    const rule = ruleOf(`repos:
- {id: /.*/, pre_workflow_hooks: [{run: a}], post_workflow_hooks: [{run: z}]}
- {id: /nobody/, pre_workflow_hooks: [{run: b}]}
- {id: /acme/, pre_workflow_hooks: [{run: c}, {run: d}]}`);
    expect(rule.preWorkflowHooks.map((hook) => hook.run)).toEqual(['a', 'c', 'd']);
    expect(rule.postWorkflowHooks.map((hook) => hook.run)).toEqual(['z']);
    expect(rule.unsupported).toBe(
      'the server sets "pre_workflow_hooks" (repos.yaml, entry at line 2) and "post_workflow_hooks" (repos.yaml, entry at line 2) and "pre_workflow_hooks" (repos.yaml, entry at line 4) for this repository, which this version of Polder cannot honour yet: nothing was run',
    );
  });
});
