import { describe, expect, it } from 'vitest';
import { usualProjectSettings, usualRuleDefaults } from '../../../test/support/rules.ts';
import { parseRepoConfig } from '../parse-repo-config.ts';
import { overridableKeys } from '../types.ts';
import { type MergedConfig, mergeRepoConfig } from './merge-repo-config.ts';
import { parseServerRules } from './parse-server-rules.ts';
import { rulesForRepo } from './rules-for-repo.ts';
import type { ProjectSettings, RepoSettings, RuleDefaults } from './types.ts';

const everything = `{id: /.*/, allow_custom_workflows: true, allowed_overrides: [${overridableKeys.join(', ')}]}`;

type Given = {
  /** Keys of the one entry, in one line; or nothing for a server that allows everything. */
  readonly entry?: string;
  /** Before `repos`. */
  readonly server?: string;
  /** The repository's file after `version: 3`; none when left out. */
  readonly repo?: string;
  readonly defaults?: Partial<RuleDefaults>;
};

function merge({ entry = everything, server = '', repo, defaults: changed }: Given) {
  const parsed = parseServerRules({ text: `${server}\nrepos: [${entry}]`, file: '/etc/repos.yaml', format: 'yaml' });
  if (parsed.kind === 'invalid') throw new Error(parsed.message);
  const config =
    repo === undefined ? undefined : parseRepoConfig({ text: `version: 3\n${repo}`, file: 'atlantis.yaml' });
  if (config?.kind === 'invalid') throw new Error(config.message);
  const repoId = 'github.com/acme/infra';
  const rule = rulesForRepo(parsed.rules, { repoId, defaults: { ...usualRuleDefaults, ...changed } });
  return { merged: mergeRepoConfig(rule, config?.config ?? null, { baseBranch: 'main' }), config: config?.config };
}

function allowed(given: Given): MergedConfig {
  const { merged } = merge(given);
  if (merged.kind === 'invalid') throw new Error(merged.message);
  return merged;
}

/** What holds for the first project of the file, or, without any, for one that is not listed. */
function projectOf(given: Given): ProjectSettings {
  const { config } = merge(given);
  return allowed(given).settingsOf(config?.projects[0] ?? null);
}

const { unsupported: _, ...builtIn } = usualProjectSettings;

describe('mergeRepoConfig', () => {
  const projects: [name: string, given: Given, part: Partial<ProjectSettings>][] = [
    ['nobody says anything', { entry: '{id: /.*/}' }, {}],
    [
      'the server speaks and the repository has no file',
      {
        entry:
          '{id: /.*/, plan_requirements: [undiverged], apply_requirements: [approved], import_requirements: [mergeable], repo_locks: {mode: on_apply}, delete_source_branch_on_merge: true, silence_pr_comments: [apply]}',
      },
      {
        planRequirements: ['undiverged'],
        applyRequirements: ['approved'],
        importRequirements: ['mergeable'],
        repoLockMode: 'on_apply',
        deleteSourceBranchOnMerge: true,
        silencePrComments: ['apply'],
      },
    ],
    [
      'the project speaks after the server',
      {
        entry: everything.replace(
          'id: /.*/',
          'id: /.*/, plan_requirements: [approved], apply_requirements: [approved]',
        ),
        repo: 'projects: [{dir: ., apply_requirements: [], import_requirements: [mergeable], depends_on: [a]}]',
      },
      {
        planRequirements: ['approved'],
        applyRequirements: [],
        importRequirements: ['mergeable'],
        dependsOn: ['a'],
      },
    ],
    [
      'the root of the file speaks after the server',
      {
        repo: 'delete_source_branch_on_merge: true\nrepo_locks: {mode: disabled}\nsilence_pr_comments: [plan]\nprojects: [{dir: .}]',
      },
      { deleteSourceBranchOnMerge: true, repoLockMode: 'disabled', silencePrComments: ['plan'] },
    ],
    [
      'the root of the file speaks for projects that are not listed',
      { repo: 'repo_locks: {mode: on_apply}' },
      { repoLockMode: 'on_apply' },
    ],
    [
      'the project speaks after the root of the file',
      {
        repo: 'delete_source_branch_on_merge: true\nrepo_locks: {mode: disabled}\nsilence_pr_comments: [plan]\nprojects: [{dir: ., delete_source_branch_on_merge: false, repo_locking: true, silence_pr_comments: []}]',
      },
      { deleteSourceBranchOnMerge: false, repoLockMode: 'on_plan', silencePrComments: [] },
    ],
    [
      'the server has no locks at all',
      { repo: 'projects: [{dir: ., repo_locks: {mode: on_apply}}]', defaults: { repoLocking: false } },
      { repoLockMode: 'disabled' },
    ],
  ];
  it.each(projects)('decides for a project when %s', (_name, given, part) => {
    const { unsupported: _, ...decided } = projectOf(given);
    expect(decided).toEqual({ ...builtIn, ...part });
  });

  const repositories: [name: string, given: Given, part: Partial<RepoSettings>][] = [
    ['nobody says anything', {}, {}],
    [
      'flags speak',
      { defaults: { automerge: true, parallelPlan: true, parallelApply: true, autodiscoverMode: 'disabled' } },
      { automerge: true, parallelPlan: true, parallelApply: true, autodiscoverMode: 'disabled' },
    ],
    [
      'the file speaks after flags',
      {
        defaults: { automerge: true, parallelPlan: true, parallelApply: false, autodiscoverMode: 'disabled' },
        repo: 'automerge: false\nparallel_plan: false\nparallel_apply: true\nabort_on_execution_order_fail: true\nallowed_regexp_prefixes: [dev/]\nautodiscover: {mode: enabled, ignore_paths: [x]}',
      },
      {
        parallelApply: true,
        abortOnExecutionOrderFail: true,
        allowedRegexpPrefixes: ['dev/'],
        autodiscoverMode: 'enabled',
        ignorePaths: ['x'],
      },
    ],
    [
      'the server speaks before the file about discovery',
      {
        entry: '{id: /.*/, autodiscover: {mode: disabled, ignore_paths: []}}',
        repo: 'autodiscover: {mode: enabled, ignore_paths: [x]}',
      },
      { autodiscoverMode: 'disabled', ignorePaths: [] },
    ],
    [
      'the server says half of it about discovery',
      {
        entry: '{id: /.*/, autodiscover: {mode: enabled}}',
        repo: 'autodiscover: {mode: disabled, ignore_paths: [x]}',
      },
      { autodiscoverMode: 'enabled', ignorePaths: ['x'] },
    ],
  ];
  it.each(repositories)('decides for a repository when %s', (_name, given, part) => {
    expect(allowed(given).repo).toEqual({
      automerge: false,
      parallelPlan: false,
      parallelApply: false,
      abortOnExecutionOrderFail: false,
      autodiscoverMode: 'auto',
      ignorePaths: [],
      allowedRegexpPrefixes: [],
      ...part,
    });
  });

  const cannot = 'which this version of Polder cannot honour yet: it was not run';
  const unsupported: [name: string, given: Given, sentence: string][] = [
    [
      'a workflow of the server',
      { server: 'workflows: {w: {plan: {steps: [plan]}}}', entry: '{id: /.*/, workflow: w}' },
      `the project is set to use the workflow "w" of the server, ${cannot}`,
    ],
    [
      "the server's own default workflow",
      { server: 'workflows: {default: {apply: {steps: []}}}' },
      `the project is set to use the workflow "default" of the server, ${cannot}`,
    ],
    [
      'a workflow of the repository',
      {
        server: 'workflows: {w: {}}',
        repo: 'workflows: {w: {plan: {steps: [{run: x}]}}}\nprojects:\n- dir: .\n  workflow: w',
      },
      `the project is set to use the workflow "w" (atlantis.yaml, line 5), ${cannot}`,
    ],
    [
      'policy checks of the server',
      { entry: '{id: /.*/, policy_check: true, custom_policy_check: true}' },
      `the project is set to use policy checks of the server and custom policy checks of the server, ${cannot}`,
    ],
    [
      'policy checks of the repository',
      { repo: 'projects: [{dir: ., policy_check: true}]' },
      `the project is set to use policy checks (atlantis.yaml, line 2), ${cannot}`,
    ],
    [
      'hooks',
      {
        entry: '{id: /.*/, pre_workflow_hooks: [{run: x}], workflow: w}',
        server: 'workflows: {w: {plan: {steps: []}}}',
      },
      'the server sets "pre_workflow_hooks" (repos.yaml, entry at line 2) for this repository, which this version of Polder cannot honour yet: nothing was run',
    ],
  ];
  it.each(unsupported)('lets no project run under %s', (_name, given, sentence) => {
    expect(projectOf(given).unsupported).toBe(sentence);
  });

  const supported: [name: string, given: Given][] = [
    ['no workflow of its own', {}],
    [
      'a workflow that does what the built-in one does',
      {
        server: 'workflows: {default: {plan: {steps: [init, plan]}, apply: {steps: [apply]}}, same: {import: {}}}',
        repo: 'projects: [{dir: ., workflow: same}]',
      },
    ],
    [
      "the repository's own default workflow, which no project names",
      { repo: 'workflows: {default: {plan: {steps: []}}}\nprojects: [{dir: .}]' },
    ],
  ];
  it.each(supported)('lets a project run under %s', (_name, given) => {
    expect(projectOf(given).unsupported).toBeNull();
  });

  it('lets a project run whose policy checks the repository takes back', () => {
    const entry = '{id: /.*/, policy_check: true, allowed_overrides: [policy_check]}';
    expect(projectOf({ entry, repo: 'projects: [{dir: ., policy_check: false}]' }).unsupported).toBeNull();
  });

  const notAllowed = (key: string) =>
    `repo config not allowed to set '${key}' key: server-side config needs 'allowed_overrides: [${key}]'`;
  it.each([
    ['workflow', 'workflow: default'],
    ['apply_requirements', 'apply_requirements: []'],
    ['plan_requirements', 'plan_requirements: [approved]'],
    ['import_requirements', 'import_requirements: [approved]'],
    ['delete_source_branch_on_merge', 'delete_source_branch_on_merge: false'],
    ['repo_locking', 'repo_locking: true'],
    ['repo_locks', 'repo_locks: {mode: on_plan}'],
    ['policy_check', 'policy_check: false'],
    ['custom_policy_check', 'custom_policy_check: false'],
    ['silence_pr_comments', 'silence_pr_comments: []'],
  ])('refuses %s of a project that the server does not allow', (key, written) => {
    const others = overridableKeys.filter((other) => other !== key);
    const { merged } = merge({
      entry: `{id: /.*/, allowed_overrides: [${others.join(', ')}]}`,
      repo: `projects:\n- dir: .\n  ${written}`,
    });
    expect(merged).toEqual({
      kind: 'invalid',
      message: `parsing atlantis.yaml: line 4: projects[0].${key}: ${notAllowed(key)}`,
      atlantisMessage: `parsing atlantis.yaml: ${notAllowed(key)}`,
      issues: [{ line: 4, key: `projects[0].${key}`, message: notAllowed(key) }],
    });
  });

  const refused: [name: string, given: Given, message: string][] = [
    [
      'a key at the root of the file',
      { entry: '{id: /.*/}', repo: 'repo_locks: {mode: disabled}' },
      `line 2: repo_locks: ${notAllowed('repo_locks')}`,
    ],
    [
      'workflows where none may be defined',
      { entry: '{id: /.*/}', repo: 'workflows: {w: {}}' },
      "line 2: workflows: repo config not allowed to define custom workflows: server-side config needs 'allow_custom_workflows: true'",
    ],
    [
      'a workflow that nobody defines',
      { repo: 'projects: [{dir: ., workflow: nope}]' },
      'line 2: projects[0].workflow: workflow "nope" is not defined anywhere',
    ],
    [
      'a workflow that is not in the list, behind one that is',
      {
        server: 'workflows: {a: {}, b: {}}',
        entry: everything.replace('{', '{allowed_workflows: [a], '),
        repo: 'workflows: {own: {}}\nprojects:\n- {dir: ., workflow: own}\n- {dir: x, workflow: a}\n- {dir: y, workflow: b}',
      },
      "line 6: projects[2].workflow: workflow 'b' is not allowed for this repo",
    ],
  ];
  it.each(refused)('refuses %s', (_name, given, message) => {
    const { merged } = merge(given);
    expect(merged.kind === 'invalid' && merged.message).toBe(`parsing atlantis.yaml: ${message}`);
  });

  it('tells everything that is not allowed', () => {
    const { merged } = merge({
      entry: '{id: /.*/}',
      repo: 'repo_locks: {mode: on_plan}\nprojects:\n- {dir: ., apply_requirements: [approved], workflow: default}',
    });
    expect(merged).toMatchObject({
      message: `parsing atlantis.yaml: 3 errors
line 2: repo_locks: ${notAllowed('repo_locks')}
line 4: projects[0].workflow: ${notAllowed('workflow')}
line 4: projects[0].apply_requirements: ${notAllowed('apply_requirements')}`,
      atlantisMessage: `parsing atlantis.yaml: ${notAllowed('workflow')}`,
    });
  });

  it('tells the first few dozen of thousands of things that are not allowed', () => {
    const repo = `projects:\n${'- {dir: ., workflow: default}\n'.repeat(5_000)}`;
    const { merged } = merge({ entry: '{id: /.*/}', repo });
    expect(merged.kind === 'invalid' && merged.message).toMatch(/^parsing atlantis.yaml: 5000 errors\nline 3: /);
    expect(merged.kind === 'invalid' && merged.message).toMatch(/\nand 4970 more$/);
  });

  it('does not look at entries for other branches', () => {
    const entry = '{id: /.*/}';
    const project = (branch: string) => `projects: [{dir: ., branch: ${branch}, apply_requirements: []}]`;
    expect(merge({ entry, repo: project('/^rel/') }).merged.kind).toBe('ok');
    expect(merge({ entry, repo: project('/^main/') }).merged.kind).toBe('invalid');
  });
});
