import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaled } from '../../test/support/scale.ts';
import { parseRepoConfig } from './parse-repo-config.ts';
import { rawConfig } from './raw-config.ts';
import type { ConfiguredProject, RepoConfig } from './types.ts';

const file = 'atlantis.yaml';

function configOf(text: string): RepoConfig {
  const parsed = parseRepoConfig({ text, file });
  if (parsed.kind === 'invalid') throw new Error(parsed.message);
  return parsed.config;
}

function projectOf(keys: string): ConfiguredProject {
  const [project] = configOf(`version: 3\nprojects:\n- dir: a\n${keys.replace(/^/gm, '  ')}`).projects;
  if (!project) throw new Error('no project');
  return project;
}

function messageOf(text: string): string {
  const parsed = parseRepoConfig({ text, file });
  return parsed.kind === 'invalid' ? parsed.message : 'ok';
}

describe('parseRepoConfig', () => {
  it.each(['3', "'3'", '3.0'])('takes version: %s for 3', (written) => {
    expect(configOf(`version: ${written}`).version).toBe(3);
  });

  it('fills in what a small file leaves out', () => {
    expect(configOf('version: 3\nprojects:\n- dir: .')).toEqual({
      file,
      version: 3,
      projects: [
        {
          line: 3,
          name: '',
          dir: '.',
          isGlob: false,
          branch: null,
          workspace: 'default',
          workflow: null,
          terraformVersion: null,
          distribution: null,
          autoplan: {
            enabled: true,
            whenModified: ['**/*.tf*', '**/*.tofu', '**/*.tofu.json', '**/terragrunt.hcl', '**/.terraform.lock.hcl'],
          },
          planRequirements: null,
          applyRequirements: null,
          importRequirements: null,
          dependsOn: [],
          executionOrderGroup: 0,
          deleteSourceBranchOnMerge: null,
          repoLockMode: null,
          policyCheck: null,
          customPolicyCheck: null,
          silencePrComments: null,
          keyLines: {},
        },
      ],
      workflows: {},
      automerge: null,
      parallelPlan: null,
      parallelApply: null,
      autodiscoverMode: null,
      ignorePaths: [],
      deleteSourceBranchOnMerge: null,
      repoLockMode: null,
      allowedRegexpPrefixes: [],
      abortOnExecutionOrderFail: false,
      silencePrComments: null,
      emojiReaction: null,
      keyLines: {},
    });
  });

  it('understands every key of the root', () => {
    const config = configOf(`version: 2
automerge: true
parallel_plan: false
parallel_apply: on
autodiscover: {mode: enabled, ignore_paths: [./legacy/, "**/old"]}
delete_source_branch_on_merge: true
repo_locks: {mode: on_plan}
emoji_reaction: eyes
allowed_regexp_prefixes: [dev/, 1]
abort_on_execution_order_fail: yes
silence_pr_comments: [plan]
policies: {anything: [goes]}
workflows:
  custom:
    plan: {steps: [init, {run: {command: x}}]}
    apply:
projects:
`);
    expect(config).toEqual({
      file,
      version: 2,
      projects: [],
      workflows: {
        custom: {
          plan: { steps: ['init', { run: { command: 'x' } }] },
          apply: null,
          policy_check: null,
          import: null,
          state_rm: null,
        },
      },
      automerge: true,
      parallelPlan: false,
      parallelApply: true,
      autodiscoverMode: 'enabled',
      ignorePaths: ['legacy', '**/old'],
      deleteSourceBranchOnMerge: true,
      repoLockMode: 'on_plan',
      allowedRegexpPrefixes: ['dev/', '1'],
      abortOnExecutionOrderFail: true,
      silencePrComments: ['plan'],
      emojiReaction: 'eyes',
      keyLines: { delete_source_branch_on_merge: 6, repo_locks: 7, silence_pr_comments: 11, workflows: 13 },
    });
  });

  const understood: [keys: string, part: Partial<ConfiguredProject>][] = [
    ['name: team/app', { name: 'team/app' }],
    ['name: 007', { name: '007' }],
    ['name:', { name: '' }],
    ['workspace: 1.10', { workspace: '1.10' }],
    ['workspace: ""', { workspace: 'default' }],
    ['branch: /^rel/', { branch: '^rel' }],
    ['branch: ""', { branch: null }],
    ['terraform_version: 1.10', { terraformVersion: '1.10.0' }],
    ['terraform_version: v0.15.5', { terraformVersion: '0.15.5' }],
    ['terraform_distribution: opentofu', { distribution: 'opentofu' }],
    [
      'autoplan: {enabled: false, when_modified: ["../x/*"]}',
      { autoplan: { enabled: false, whenModified: ['../x/*'] } },
    ],
    ['autoplan: {when_modified: []}', { autoplan: { enabled: true, whenModified: [] } }],
    ['execution_order_group: -2', { executionOrderGroup: -2 }],
    ['execution_order_group: 0', { executionOrderGroup: 0 }],
    ['delete_source_branch_on_merge: true', { deleteSourceBranchOnMerge: true }],
    ['repo_locking: true', { repoLockMode: 'on_plan' }],
    ['repo_locking: false\nrepo_locks: {mode: on_apply}', { repoLockMode: 'on_apply' }],
    ['silence_pr_comments: [plan, apply]', { silencePrComments: ['plan', 'apply'] }],
    [
      'apply_requirements: [approved, mergeable, undiverged]',
      { applyRequirements: ['approved', 'mergeable', 'undiverged'] },
    ],
    ['depends_on: [b]', { dependsOn: ['b'] }],
    ['policy_check: false', { policyCheck: false }],
  ];
  it.each(understood)('understands %j of a project', (keys, part) => {
    expect(projectOf(keys)).toMatchObject(part);
  });

  it('understands keys that come from an anchor', () => {
    const config = configOf('version: 3\nprojects:\n- &a\n  dir: x\n  workspace: w\n- <<: *a\n  dir: y/');
    expect(config.projects.map(({ dir, workspace, line }) => [dir, workspace, line])).toEqual([
      ['x', 'w', 4],
      ['y', 'w', 6],
    ]);
  });

  const refused: [name: string, text: string, message: string][] = [
    [
      'an empty file',
      '',
      "line 1: version: is required. If you've just upgraded Atlantis you need to rewrite your atlantis.yaml for version 3. See www.runatlantis.io/docs/upgrading-atlantis-yaml.html",
    ],
    ['another version', 'version: 1', 'line 1: version: only versions 2 and 3 are supported'],
    ['a version that is no number', 'version: [3]', 'line 1: version: only versions 2 and 3 are supported'],
    ['a list', '- dir: .', 'line 1: expected a mapping, found a list'],
    ['text', 'hello', 'line 1: expected a mapping, found the text "hello"'],
    ['broken YAML', 'version: 3\nprojects: [\n', 'line 3: unexpected end of the stream within a flow collection'],
    ['a folder outside', 'version: 3\nprojects:\n- dir: ../up', "line 3: projects[0].dir: cannot contain '..'"],
    ['no folder', 'version: 3\nprojects:\n- name: a', 'line 3: projects[0].dir: cannot be blank'],
    ['an empty project', 'version: 3\nprojects:\n-', 'line 3: projects[0]: expected a mapping, found nothing'],
    [
      'projects that are no list',
      'version: 3\nprojects: {dir: .}',
      'line 2: projects: expected a list, found a mapping',
    ],
    ['a flag that is none', 'version: 3\nautomerge: maybe', 'line 2: automerge: expected true or false, found "maybe"'],
    ['a flag that is a list', 'version: 3\nautomerge: []', 'line 2: automerge: expected true or false, found a list'],
    ['a key twice', 'version: 3\nautomerge: true\nautomerge: false', 'line 3: automerge: is there twice'],
    [
      'a key with a slip',
      'version: 3\nparalel_plan: true',
      'line 2: paralel_plan: is not a known key, did you mean "parallel_plan"?',
    ],
    ['a key in capitals', 'Version: 3\nversion: 3', 'line 1: Version: is not a known key, did you mean "version"?'],
    ['a key of nobody', 'version: 3\nnope: 1', 'line 2: nope: is not a known key'],
    [
      'a key of nobody where few are known',
      'version: 3\nautodiscover: {nope: 1}',
      'line 2: autodiscover.nope: is not a known key, expected one of mode, ignore_paths',
    ],
    [
      'a slip in a stage',
      'version: 3\nworkflows:\n  w:\n    plan:\n      step: []',
      'line 5: workflows.w.plan.step: is not a known key, did you mean "steps"?',
    ],
    ['a key that every object has', 'version: 3\n__proto__: {a: b}', 'line 2: __proto__: is not a known key'],
    [
      'an unknown discovery mode',
      'version: 3\nautodiscover: {mode: off}',
      'line 2: autodiscover.mode: must be a valid value: one of auto, enabled, disabled, found "off"',
    ],
    [
      'an unknown lock mode',
      'version: 3\nrepo_locks: {mode: never}',
      'line 2: repo_locks.mode: must be a valid value: one of on_plan, on_apply, disabled, found "never"',
    ],
    [
      'a pattern that is none',
      'version: 3\nautodiscover:\n  ignore_paths: [a, "["]',
      'line 3: autodiscover.ignore_paths[1]: invalid pattern: [',
    ],
    [
      'a requirement of nobody',
      'version: 3\nprojects: [{dir: ., apply_requirements: [nope]}]',
      'line 2: projects[0].apply_requirements[0]: "nope" is not a valid apply_requirement, only "approved", "mergeable" and "undiverged" are supported',
    ],
    [
      'a command that cannot be silenced',
      'version: 3\nsilence_pr_comments: [import]',
      "line 2: silence_pr_comments[0]: repo config 'silence_pr_comments' key value of 'import' is not supported, supported values are [plan, apply]",
    ],
    [
      'another distribution',
      'version: 3\nprojects: [{dir: ., terraform_distribution: pulumi}]',
      "line 2: projects[0].terraform_distribution: 'pulumi' is not a valid terraform_distribution, only 'terraform' and 'opentofu' are supported",
    ],
    [
      'a branch without slashes',
      'version: 3\nprojects:\n- dir: .\n  branch: main',
      "line 4: projects[0].branch: regex must begin and end with a slash '/'",
    ],
    [
      'a group that is no whole number',
      'version: 3\nprojects: [{dir: ., execution_order_group: 1.5}]',
      'line 2: projects[0].execution_order_group: expected a whole number, found "1.5"',
    ],
    [
      'a group beyond counting',
      'version: 3\nprojects: [{dir: ., execution_order_group: 99999999999999999999}]',
      'line 2: projects[0].execution_order_group: expected a whole number, found "99999999999999999999"',
    ],
    [
      'a name on a pattern',
      'version: 3\nprojects:\n- dir: env/*\n  name: a',
      "line 4: projects[0].name: cannot be used with glob patterns in 'dir'; glob patterns expand to multiple projects which cannot share the same name",
    ],
    [
      'a list where text belongs',
      'version: 3\nprojects: [{dir: [a]}]',
      'line 2: projects[0].dir: expected text, found a list',
    ],
  ];
  it.each(refused)('refuses %s', (_name, text, message) => {
    expect(messageOf(text)).toBe(`parsing atlantis.yaml: ${message}`);
  });

  it('finds everything that is wrong in one go, in the order of the file', () => {
    const text = `version: 3
projects:
- dir: ../a
  nme: x
- dir: b
  dir: c
  workspace: a b
automerge: perhaps
`;
    expect(parseRepoConfig({ text, file })).toMatchObject({
      kind: 'invalid',
      message: `parsing atlantis.yaml: 5 errors
line 3: projects[0].dir: cannot contain '..'
line 4: projects[0].nme: is not a known key, did you mean "name"?
line 6: projects[1].dir: is there twice
line 7: projects[1].workspace: cannot contain whitespace or control characters
line 8: automerge: expected true or false, found "perhaps"`,
      issues: [
        { line: 3, key: 'projects[0].dir', message: "cannot contain '..'" },
        { line: 4, key: 'projects[0].nme', message: 'is not a known key, did you mean "name"?' },
        { line: 6, key: 'projects[1].dir', message: 'is there twice' },
        { line: 7, key: 'projects[1].workspace', message: 'cannot contain whitespace or control characters' },
        { line: 8, key: 'automerge', message: 'expected true or false, found "perhaps"' },
      ],
    });
  });

  const toldAsAtlantisDoes: [name: string, text: string, message: string][] = [
    ['another version', 'version: 1', 'version: only versions 2 and 3 are supported.'],
    ['a folder outside', 'version: 3\nprojects:\n- dir: ../up', "projects: (0: (dir: cannot contain '..'.).)."],
    [
      'several mistakes',
      'version: 3\nprojects:\n- dir: ../a\n  name: ""\n- dir: b\n- {dir: c, branch: x}',
      "projects: (0: (dir: cannot contain '..'; name: if set cannot be empty.); 2: (branch: regex must begin and end with a slash '/'.).).",
    ],
    [
      'words of a list',
      'version: 3\nprojects: [{dir: ., apply_requirements: [approved, nope, never]}]',
      'projects: (0: (apply_requirements: "nope" is not a valid apply_requirement, only "approved", "mergeable" and "undiverged" are supported.).).',
    ],
    [
      'a command that cannot be silenced',
      'version: 3\nprojects: [{dir: ., silence_pr_comments: [import]}]',
      "repo config 'silence_pr_comments' key value of 'import' is not supported, supported values are [plan, apply]",
    ],
    [
      'an unknown key, beside which it tells nothing else,',
      'version: 3\nnope: 1\nprojects: [{dir: ..}]',
      "2 errors\nline 2: nope: is not a known key\nline 3: projects[0].dir: cannot contain '..'",
    ],
    ['a list where text belongs', 'version: 3\nprojects: x', 'line 2: projects: expected a list, found the text "x"'],
  ];
  it.each(toldAsAtlantisDoes)('has the words of Atlantis for %s', (_name, text, message) => {
    const parsed = parseRepoConfig({ text, file });
    expect(parsed.kind === 'invalid' && parsed.atlantisMessage).toBe(`parsing atlantis.yaml: ${message}`);
  });

  it('lists the first mistakes of thousands', () => {
    const text = `version: 3\nprojects:\n${'- nope: 1\n'.repeat(5_000)}`;
    const message = messageOf(text);
    expect(message).toMatch(/^parsing atlantis.yaml: 10000 errors\nline 3: /);
    expect(message).toMatch(/\nand 9970 more$/);
  });

  it('reads 10,000 projects', () => {
    const projects = Array.from({ length: 10_000 }, (_, i) => `- name: p${i}\n  dir: env/p${i}\n  workspace: w\n`);
    const config = configOf(`version: 3\nprojects:\n${projects.join('')}`);
    expect(config.projects.length).toBe(10_000);
    expect(config.projects[9_999]).toMatchObject({ line: 30_000, name: 'p9999', dir: 'env/p9999' });
  });

  it('never throws', () => {
    const key = fc.constantFrom(
      'version',
      'projects',
      'dir',
      'name',
      'branch',
      'workflows',
      'plan',
      'autodiscover',
      'mode',
      '<<',
      'x',
    );
    const scalar = fc.constantFrom('3', '.', '/(/', 'a*', '[', '~', '""', '*a', '&a b', '!!map', 'true', '-1', '\0');
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const text = value.map((all) => JSON.stringify(all).replaceAll('"', ' ').replaceAll(':', ': '));
    const message = /^parsing atlantis\.yaml: (\d+ errors\n)?line \d+: |^ok$/;
    const answers = fc.property(fc.oneof(text, fc.string()), (written) => message.test(messageOf(written)));
    expect(() => fc.assert(answers, { numRuns: scaled(3_000) })).not.toThrow();
  });
});

describe('docs/atlantis-yaml.md', () => {
  const page = readFileSync(new URL('../../docs/atlantis-yaml.md', import.meta.url), 'utf8');

  it('names every key', () => {
    const project = rawConfig.shape.projects.unwrap().unwrap().element;
    const keys = [...Object.keys(rawConfig.shape), ...Object.keys(project.shape)];
    expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
  });
});
