import { describe, expect, it } from 'vitest';
import { parseServerRules } from './parse-server-rules.ts';
import type { RepoEntry, ServerRules } from './types.ts';

const file = '/etc/polder/repos.yaml';

function rulesOf(text: string): ServerRules {
  const parsed = parseServerRules({ text, file, format: 'yaml' });
  if (parsed.kind === 'invalid') throw new Error(parsed.message);
  return parsed.rules;
}

function entryOf(keys: string): Partial<RepoEntry> {
  const [entry] = rulesOf(
    `workflows: {w: {}}\nrepos:\n- id: github.com/acme/infra\n${keys.replace(/^/gm, '  ')}`,
  ).entries;
  if (!entry) throw new Error('no entry');
  const { id: _id, branch: _branch, ...plain } = entry;
  return plain;
}

function messageOf(text: string): string {
  const parsed = parseServerRules({ text, file, format: 'yaml' });
  return parsed.kind === 'invalid' ? parsed.message : 'ok';
}

const nothingSet: Partial<RepoEntry> = {
  line: 3,
  repoConfigFile: null,
  planRequirements: null,
  applyRequirements: null,
  importRequirements: null,
  preWorkflowHooks: [],
  postWorkflowHooks: [],
  workflow: null,
  allowedWorkflows: null,
  allowedOverrides: null,
  allowCustomWorkflows: null,
  deleteSourceBranchOnMerge: null,
  repoLockMode: null,
  policyCheck: null,
  customPolicyCheck: null,
  autodiscover: null,
  silencePrComments: null,
};

describe('parseServerRules', () => {
  it('knows nothing but the id of an entry that says nothing else', () => {
    expect(entryOf('')).toEqual(nothingSet);
  });

  const understood: [keys: string, part: Partial<RepoEntry>][] = [
    ['repo_config_file: path/./polder.yaml', { repoConfigFile: 'path/polder.yaml' }],
    ['repo_config_file: ""', { repoConfigFile: null }],
    ['plan_requirements: [undiverged]', { planRequirements: ['undiverged'] }],
    ['apply_requirements: [approved, mergeable]', { applyRequirements: ['approved', 'mergeable'] }],
    ['apply_requirements: []', { applyRequirements: [] }],
    ['apply_requirements:', { applyRequirements: null }],
    ['import_requirements: [approved]', { importRequirements: ['approved'] }],
    [
      'pre_workflow_hooks: [{run: make, description: d, shell: bash, shellArgs: -cv, commands: "plan,apply"}]',
      {
        preWorkflowHooks: [{ run: 'make', description: 'd', shell: 'bash', shellArgs: '-cv', commands: 'plan,apply' }],
      },
    ],
    [
      'post_workflow_hooks: [{run: x}]',
      { postWorkflowHooks: [{ run: 'x', description: null, shell: null, shellArgs: null, commands: null }] },
    ],
    ['workflow: w', { workflow: 'w' }],
    ['workflow: default', { workflow: 'default' }],
    ['allowed_workflows: [w, default]', { allowedWorkflows: ['w', 'default'] }],
    ['allowed_overrides: [workflow, policy_check]', { allowedOverrides: ['workflow', 'policy_check'] }],
    ['allow_custom_workflows: true', { allowCustomWorkflows: true }],
    ['delete_source_branch_on_merge: true', { deleteSourceBranchOnMerge: true }],
    ['repo_locking: false', { repoLockMode: 'disabled' }],
    ['repo_locking: true', { repoLockMode: 'on_plan' }],
    ['repo_locks: {mode: on_apply}\nrepo_locking: false', { repoLockMode: 'on_apply' }],
    ['policy_check: false', { policyCheck: false }],
    ['custom_policy_check: true', { customPolicyCheck: true }],
    ['autodiscover: {mode: enabled}', { autodiscover: { mode: 'enabled', ignorePaths: null } }],
    ['autodiscover: {ignore_paths: [./old/]}', { autodiscover: { mode: null, ignorePaths: ['old'] } }],
    ['silence_pr_comments: [plan]', { silencePrComments: ['plan'] }],
  ];
  it.each(understood)('understands %j of an entry', (keys, part) => {
    expect(entryOf(keys)).toEqual({ ...nothingSet, ...part });
  });

  it.each([
    ['github.com/acme/infra', 'github.com/acme/infra', true],
    ['github.com/acme/infra', 'github.com/acme/infra2', false],
    ['github.com/acme/infra', 'github.com/Acme/infra', false],
    ['gitlab.com/a/b/c', 'gitlab.com/a/b/c', true],
    ['local/team/app', 'local/team/app', true],
    ['/.*/', 'github.com/acme/infra', true],
    ['//', 'github.com/acme/infra', true],
    ['/acme\\/in/', 'github.com/acme/infra', true],
    ['/^acme/', 'github.com/acme/infra', false],
    ['/(?i)ACME/', 'github.com/acme/infra', true],
  ])('takes the id %s for %s: %s', (id, repoId, matches) => {
    expect(rulesOf(`repos: [{id: '${id}'}]`).entries[0]?.id.matches(repoId)).toBe(matches);
  });

  it('finds the expression of a branch anywhere in the branch', () => {
    const branch = rulesOf('repos: [{id: /x/, branch: /^rel|main$/}]').entries[0]?.branch;
    expect(['release', 'the-main', 'main-2'].map((name) => branch?.matches(name))).toEqual([true, true, false]);
  });

  it('understands what is for the whole server', () => {
    const rules = rulesOf(`
workflows: {w: {plan: {steps: [init]}}}
metrics: {statsd: {host: localhost, port: 8125}, prometheus: {endpoint: /metrics}}
team_authz: {command: /bin/ask, args: [-v]}
external_stores: {plan_store: {type: s3, s3: {bucket: b, region: r, prefix: p, force_path_style: true}}}
policies:
  conftest_version: v0.46
  owners: {users: [ann]}
  approve_count: 2
  sticky_policy_approvals: true
  policy_sets:
  - {name: a, path: ./a, source: local}
  - {name: b, path: b, source: local, owners: {teams: [sec]}, approve_count: 3, sticky_policy_approvals: false,
     policy_item_regex: '.', prevent_self_approve: true}
`);
    expect(rules).toEqual({
      file: 'repos.yaml',
      entries: [],
      workflows: {
        w: { plan: { steps: ['init'] }, apply: null, policy_check: null, import: null, state_rm: null },
      },
      metrics: { statsd: { host: 'localhost', port: 8125 }, prometheus: { endpoint: '/metrics' } },
      teamAuthz: { command: '/bin/ask', args: ['-v'] },
      planStore: {
        type: 's3',
        bucket: 'b',
        region: 'r',
        prefix: 'p',
        endpoint: null,
        profile: null,
        forcePathStyle: true,
      },
      policies: {
        conftestVersion: '0.46.0',
        owners: { users: ['ann'], teams: [] },
        sets: [
          {
            name: 'a',
            path: './a',
            source: 'local',
            owners: { users: [], teams: [] },
            approveCount: 2,
            stickyApprovals: true,
            itemRegex: '(?s).+',
            preventSelfApprove: false,
          },
          {
            name: 'b',
            path: 'b',
            source: 'local',
            owners: { users: [], teams: ['sec'] },
            approveCount: 3,
            stickyApprovals: false,
            itemRegex: '.',
            preventSelfApprove: true,
          },
        ],
      },
    });
  });

  const only =
    'only "plan_requirements", "apply_requirements", "import_requirements", "workflow", "delete_source_branch_on_merge", "repo_locking", "repo_locks", "policy_check", "custom_policy_check", and "silence_pr_comments" are supported';
  const nothing = (id: string) =>
    `"${id}" matches no repository: expected <host>/<owner>/<name>, such as github.com/acme/infra, or a regular expression between slashes`;
  const refused: [name: string, text: string, message: string][] = [
    ['an empty file', '', `file ${file} was empty`],
    ['a list', '- id: a', 'line 1: expected a mapping, found a list'],
    ['broken YAML', 'repos: [\n', 'line 2: unexpected end of the stream within a flow collection'],
    ['an entry without id', 'repos:\n- branch: /x/', 'line 2: repos[0].id: cannot be blank'],
    ['an empty id', 'repos: [{id: ""}]', 'line 1: repos[0].id: cannot be blank'],
    ['an id without a host', 'repos:\n- id: acme/infra', `line 2: repos[0].id: ${nothing('acme/infra')}`],
    ['an id with a pattern', 'repos:\n- id: github.com/acme/*', `line 2: repos[0].id: ${nothing('github.com/acme/*')}`],
    [
      'the address of a clone',
      'repos: [{id: github.com/a/b.git}]',
      `line 1: repos[0].id: ${nothing('github.com/a/b.git')}`,
    ],
    ['an id whose host is nobody', 'repos: [{id: acme/a/b}]', `line 1: repos[0].id: ${nothing('acme/a/b')}`],
    [
      'an id with a scheme',
      'repos: [{id: https://github.com/a/b}]',
      `line 1: repos[0].id: ${nothing('https://github.com/a/b')}`,
    ],
    ['an id of one slash', 'repos: [{id: /}]', "line 1: repos[0].id: regex must begin and end with a slash '/'"],
    [
      'an id whose expression stays open',
      'repos: [{id: /acme}]',
      "line 1: repos[0].id: regex must begin and end with a slash '/'",
    ],
    [
      'an id that is no expression',
      "repos: [{id: '/?/'}]",
      'line 1: repos[0].id: parsing: /?/: error parsing regexp: missing argument to repetition operator: `?`',
    ],
    [
      'a branch of one slash',
      'repos: [{id: /x/, branch: /}]',
      "line 1: repos[0].branch: regex must begin and end with a slash '/'",
    ],
    [
      'a configuration file at the root of the disk',
      'repos: [{id: /x/, repo_config_file: /etc/passwd}]',
      "line 1: repos[0].repo_config_file: must not starts with a slash '/'",
    ],
    [
      'a configuration file outside',
      'repos: [{id: /x/, repo_config_file: a/../../b}]',
      "line 1: repos[0].repo_config_file: must not contains parent directory path like '../'",
    ],
    [
      'a configuration file that is a folder',
      'repos: [{id: /x/, repo_config_file: ./}]',
      'line 1: repos[0].repo_config_file: must be the path of a file',
    ],
    [
      'a requirement of nobody',
      'repos: [{id: /x/, plan_requirements: [policies_passed]}]',
      'line 1: repos[0].plan_requirements[0]: "policies_passed" is not a valid plan_requirement, only "approved", "mergeable" and "undiverged" are supported',
    ],
    [
      'an override of nobody',
      'repos: [{id: /x/, allowed_overrides: [branch]}]',
      `line 1: repos[0].allowed_overrides[0]: "branch" is not a valid override, ${only}`,
    ],
    [
      'a workflow that is not there',
      'repos: [{id: /x/, workflow: nope}]',
      'line 1: repos[0].workflow: workflow "nope" is not defined',
    ],
    [
      'an allowed workflow that is not there',
      'workflows: {a: {}}\nrepos:\n- id: /x/\n  allowed_workflows: [a, toString]',
      'line 4: repos[0].allowed_workflows[1]: workflow "toString" is not defined',
    ],
    [
      'a lock mode of nobody',
      'repos: [{id: /x/, repo_locks: {mode: never}}]',
      'line 1: repos[0].repo_locks.mode: must be a valid value: one of on_plan, on_apply, disabled, found "never"',
    ],
    [
      'a folder to ignore that begins with a slash',
      'repos: [{id: /x/, autodiscover: {ignore_paths: [/a]}}]',
      "line 1: repos[0].autodiscover.ignore_paths[0]: pattern must not begin with a slash '/'",
    ],
    [
      'a command that cannot be silenced',
      'repos: [{id: /x/, silence_pr_comments: [import]}]',
      "line 1: repos[0].silence_pr_comments[0]: server-side repo config 'silence_pr_comments' key value of 'import' is not supported, supported values are [plan, apply]",
    ],
    [
      'a hook without a command',
      'repos:\n- id: /x/\n  pre_workflow_hooks:\n  - description: d',
      'line 4: repos[0].pre_workflow_hooks[0].run: is required',
    ],
    [
      'a key with a slip',
      'repos:\n- id: /x/\n  aply_requirements: [approved]',
      'line 3: repos[0].aply_requirements: is not a known key, did you mean "apply_requirements"?',
    ],
    [
      'a key of nobody',
      'nope: 1',
      'line 1: nope: is not a known key, expected one of repos, workflows, policies, metrics, team_authz, external_stores',
    ],
    [
      'policies without sets',
      'policies: {owners: {users: [a]}}',
      'line 1: policies.policy_sets: cannot be empty; Declare policies that you would like to enforce',
    ],
    [
      'a policy set without source',
      'policies:\n  policy_sets:\n  - name: a\n    path: b',
      'line 3: policies.policy_sets[0].source: is required',
    ],
    [
      'a policy set from elsewhere',
      'policies: {policy_sets: [{name: a, path: b, source: s3}]}',
      "line 1: policies.policy_sets[0].source: only 'local' and 'github' source types are supported",
    ],
    [
      'a policy set that Atlantis would skip',
      'policies: {policy_sets: [{name: a, path: b, source: github}]}',
      "line 1: policies.policy_sets[0].source: policies are not fetched from GitHub, in Atlantis neither: put them on the server and use 'local'",
    ],
    [
      'a conftest that is no version',
      'policies: {conftest_version: new, policy_sets: [{name: a, path: b, source: local}]}',
      'line 1: policies.conftest_version: version "new" could not be parsed: malformed version: new',
    ],
    [
      'policy items that are no expression',
      'policies: {policy_item_regex: "?", policy_sets: [{name: a, path: b, source: local}]}',
      'line 1: policies.policy_item_regex: policy_item_regex "?" is not a valid regular expression: error parsing regexp: missing argument to repetition operator: `?`',
    ],
    [
      'statsd without a port',
      'metrics: {statsd: {host: a}}',
      'line 1: metrics.statsd.port: expected a whole number, found nothing',
    ],
    ['a program that is not named', 'team_authz: {args: [a]}', 'line 1: team_authz.command: is required'],
    [
      'a store of nobody',
      'external_stores: {plan_store: {type: gcs, s3: {bucket: a, region: b}}}',
      'line 1: external_stores.plan_store.type: unsupported plan store type "gcs": only \'s3\' is supported',
    ],
    [
      'a store without a bucket',
      'external_stores: {plan_store: {type: s3, s3: {region: b}}}',
      "line 1: external_stores.plan_store.s3.bucket: external_stores.plan_store.s3.bucket is required when type is 's3'",
    ],
  ];
  it.each(refused)('refuses %s', (_name, text, message) => {
    expect(messageOf(text)).toBe(`parsing ${file} file: ${message}`);
  });

  it('takes a host without a dot that is in use', () => {
    const document = { text: 'repos: [{id: gitlab/acme/infra}]', file, format: 'yaml' } as const;
    expect(parseServerRules({ ...document, hosts: ['gitlab'] })).toMatchObject({ kind: 'ok' });
    expect(parseServerRules(document)).toMatchObject({ kind: 'invalid' });
  });
});
